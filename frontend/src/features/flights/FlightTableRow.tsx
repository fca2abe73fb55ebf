import { memo } from "react";
import { Link } from "react-router";
import { DelayMark } from "../../ui/DelayMark";
import { clock, NOTHING, shortDate, whole } from "../../ui/format";
import type { FlightRow } from "./api";
import styles from "./FlightTable.module.css";

interface Props {
  flight: FlightRow;
  rowIndex: number;
  airline: string | undefined;
  destination: string | undefined;
}

export const FlightTableRow = memo(function FlightTableRow({
  flight,
  rowIndex,
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
      <td data-column="left">{dep ? <time dateTime={dep}>{clock(dep)}</time> : NOTHING}</td>
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
        <DelayMark minutes={arr_delay} status={status} />
      </td>
      <td data-column="distance">{whole(distance)}</td>
    </tr>
  );
});
