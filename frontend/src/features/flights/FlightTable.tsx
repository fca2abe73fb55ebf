import { useRef } from "react";
import { whole } from "../../ui/format";
import styles from "./FlightTable.module.css";
import { FlightTableRow } from "./FlightTableRow";
import { ListEnd } from "./ListEnd";
import { SortHeader } from "./SortHeader";
import { useRows } from "./useRows";
import type { FlightsViewProps } from "./view";

const ROW_HEIGHT = 40;

export function FlightTable({
  flights,
  total,
  sort,
  latest,
  airlines,
  airports,
  isStale,
  onSort,
  onNearEnd,
  end,
}: FlightsViewProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows, before, after } = useRows(body, flights.length, ROW_HEIGHT, onNearEnd);
  const sorting = { sort, onSort };
  return (
    <>
      <table
        className={styles.table}
        aria-rowcount={total === undefined ? -1 : total + 1}
        aria-busy={isStale}
      >
        <caption className="visually-hidden">{captionOf(total)}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <SortHeader by="departure" {...sorting}>
              Departure
            </SortHeader>
            <th scope="col" data-column="left">
              Left
            </th>
            <th scope="col">Flight</th>
            <th scope="col" data-column="airline">
              Airline
            </th>
            <th scope="col">From</th>
            <th scope="col" data-column="dest">
              To
            </th>
            <SortHeader by="delay" first="-delay" {...sorting}>
              Arrival against plan, min
            </SortHeader>
            <SortHeader by="distance" first="-distance" {...sorting}>
              Miles
            </SortHeader>
          </tr>
        </thead>
        <tbody ref={body} data-stale={isStale}>
          {before > 0 && <Space height={before} />}
          {rows.map((index) => {
            const flight = flights[index];
            return (
              flight && (
                <FlightTableRow
                  key={flight.id}
                  flight={flight}
                  rowIndex={index + 2}
                  latest={latest}
                  airline={airlines.get(flight.carrier)}
                  destination={airports.get(flight.dest)}
                />
              )
            );
          })}
          {after > 0 && <Space height={after} />}
        </tbody>
      </table>
      <ListEnd {...end} shown={flights.length} />
    </>
  );
}

function captionOf(total: number | undefined): string {
  const inAll = total === undefined ? "" : `, ${whole(total)} in all`;
  return `Flights${inAll}; more are loaded as you go down`;
}

/** The room of the rows that are not drawn. It is hidden, so that a change of its height is no layout shift. */
function Space({ height }: { height: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row takes no focus; this one is empty
    <tr aria-hidden="true" className={styles.space}>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
