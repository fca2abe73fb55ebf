import { Link } from "react-router";
import { DataTable } from "../../ui/DataTable";
import { perCent, signedMean, whole } from "../../ui/format";
import type { Mark } from "./rates";

interface Props {
  caption: string;
  /** What the marks are: "Airline". */
  what: string;
  marks: readonly Mark[];
}

export function RatesTable({ caption, what, marks }: Props) {
  return (
    <DataTable
      caption={caption}
      columns={[what, "Mean delay, min", "On time", "Cancelled", "Flights"]}
      rows={marks.map((mark) => ({
        key: mark.key,
        cells: [
          <Link key="name" to={mark.href}>
            {mark.name}
          </Link>,
          signedMean(mark.mean_delay),
          perCent(mark.on_time_share),
          whole(mark.cancelled),
          whole(mark.count),
        ],
      }))}
    />
  );
}
