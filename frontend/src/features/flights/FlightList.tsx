import { useRef } from "react";
import { Link } from "react-router";
import { DelayMark } from "../../flights/DelayMark";
import { SORTS, type Sort } from "../../flights/filters/filters";
import { clock, dayOffset, shortDate } from "../../ui/format";
import type { FlightRow } from "./api";
import styles from "./FlightList.module.css";
import { ListEnd } from "./ListEnd";
import { useRows } from "./useRows";
import type { FlightsViewProps } from "./view";

const ROW_HEIGHT = 64;

const SORT_WORDS: Record<Sort, string> = {
  departure: "earliest departure first",
  "-departure": "latest departure first",
  delay: "least late first",
  "-delay": "most late first",
  distance: "nearest first",
  "-distance": "farthest first",
};

/** The flights on a phone, two lines each. */
export function FlightList({
  flights,
  sort,
  latest,
  airports,
  isStale,
  onSort,
  onNearEnd,
  end,
}: FlightsViewProps) {
  const list = useRef<HTMLOListElement>(null);
  const { rows, before, after } = useRows(list, flights.length, ROW_HEIGHT, onNearEnd);
  return (
    <>
      <label className={styles.sort}>
        <span>Order</span>
        <select value={sort} onChange={(event) => onSort(event.target.value as Sort)}>
          {SORTS.map((value) => (
            <option key={value} value={value}>
              {SORT_WORDS[value]}
            </option>
          ))}
        </select>
      </label>
      <ol
        ref={list}
        className={styles.list}
        aria-label="Flights"
        aria-busy={isStale}
        data-stale={isStale}
        style={{ paddingBlock: `${before}px ${after}px` }}
      >
        {rows.map((index) => {
          const flight = flights[index];
          return (
            flight && (
              <Item key={flight.id} flight={flight} latest={latest} destination={airports.get(flight.dest)} />
            )
          );
        })}
      </ol>
      <ListEnd {...end} shown={flights.length} />
    </>
  );
}

interface ItemProps {
  flight: FlightRow;
  latest: number;
  destination: string | undefined;
}

function Item({ flight, latest, destination }: ItemProps) {
  const { id, carrier, origin, dest, sched_dep, dep, arr_delay, status } = flight;
  const offset = dep ? dayOffset(sched_dep, dep) : "";
  return (
    <li className={styles.item} data-status={status}>
      <Link className={styles.link} to={`/flights/${id}`}>
        <span className={styles.number}>
          {carrier} {flight.flight}
        </span>
        <span className={styles.route}>
          {origin} <span aria-hidden="true">→</span>
          <span className="visually-hidden">to</span> {dest}{" "}
          <span className={styles.place}>{destination}</span>
        </span>
        <time className={styles.when} dateTime={sched_dep}>
          {shortDate(sched_dep)} {clock(sched_dep)}
        </time>
        <span className={styles.delay}>
          <DelayMark minutes={arr_delay} status={status} latest={latest} />
          {dep && offset && (
            <small className={styles.left}>
              left {clock(dep)} {offset}
            </small>
          )}
        </span>
      </Link>
    </li>
  );
}
