import { memo } from "react";
import { Link } from "react-router";
import { DelayMark } from "../../flights/DelayMark";
import { clock, dayOffset, NOTHING, shortDate, whole } from "../../ui/format";
import type { FlightRow } from "./api";
import styles from "./FlightTable.module.css";

interface Props {
  flight: FlightRow;
  rowIndex: number;
  latest: number;
  airline: string | undefined;
  destination: string | undefined;
}

export const FlightTableRow = memo(function FlightTableRow({
  flight,
  rowIndex,
  latest,
  airline,
  destination,
}: Props) {
  const { id, carrier, origin, dest, sched_dep, dep, arr_delay, status, distance } = flight;
  return (
    <tr className={styles.row} aria-rowindex={rowIndex} data-status={status}>
      <td>
        <time dateTime={sched_dep}>
          <span className={styles.date}>{shortDate(sched_dep)}</span> {clock(sched_dep)}
        </time>
      </td>
      <td data-column="left">{dep ? <Left planned={sched_dep} local={dep} /> : NOTHING}</td>
      <th scope="row">
        <Link className={styles.link} to={`/flights/${id}`}>
          {carrier} {flight.flight}
        </Link>
      </th>
      <td data-column="airline">{airline}</td>
      <td>{origin}</td>
      <td data-column="dest">
        {dest} <span className={styles.place}>{destination}</span>
      </td>
      <td>
        <DelayMark minutes={arr_delay} status={status} latest={latest} />
      </td>
      <td data-column="distance">{whole(distance)}</td>
    </tr>
  );
});

/** The time of departure, with the day if it is another day than planned. */
function Left({ planned, local }: { planned: string; local: string }) {
  const offset = dayOffset(planned, local);
  return (
    <time dateTime={local}>
      <span>{clock(local)}</span>
      {offset && <small className={styles.offset}> {offset}</small>}
    </time>
  );
}
