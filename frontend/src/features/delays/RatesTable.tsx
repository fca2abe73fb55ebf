import { Link } from "react-router";
import type { Measure } from "../../flights/filters/filters";
import { DataTable } from "../../ui/DataTable";
import { NOTHING, whole } from "../../ui/format";
import { type Interval, range } from "../../ui/intervals";
import { figure, rulesOf } from "./measures";
import type { Mark } from "./rates";

interface Props {
  caption: string;
  /** The kind of the marks, such as "Airline". */
  what: string;
  measure: Measure;
  marks: readonly Mark[];
}

/** The chosen measure, and the share on time beside it; each with its interval, where it has one. */
export function RatesTable({ caption, what, measure, marks }: Props) {
  const shown = [rulesOf(measure), ...(measure === "on_time" ? [] : [rulesOf("on_time")])];
  const columns = shown.flatMap(({ name, unit, interval }) => [
    unit === "min" ? `${name}, min` : name,
    ...(interval ? [`${name}, 95%`] : []),
  ]);
  return (
    <DataTable
      caption={caption}
      columns={[what, ...columns, "Cancelled", "Flights"]}
      rows={marks.map(({ key, name, href, rates }) => ({
        key,
        cells: [
          <Link key="name" to={href}>
            {name}
          </Link>,
          ...shown.flatMap((rules) => [
            figure(rules.value(rates), rules),
            ...(rules.interval ? [rangeOrNothing(rules.interval(rates), rules.unit)] : []),
          ]),
          whole(rates.cancelled),
          whole(rates.count),
        ],
      }))}
    />
  );
}

function rangeOrNothing(interval: Interval | undefined, unit: "min" | "%"): string {
  return interval ? range(interval, unit) : NOTHING;
}
