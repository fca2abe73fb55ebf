import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useClient } from "../../api/useClient";
import { DelayMark } from "../../flights/DelayMark";
import { exploreHref } from "../../flights/filters/filters";
import { Failure } from "../../ui/Failure";
import { clock, shortDate } from "../../ui/format";
import { sameNumberQuery } from "./api";
import styles from "./SameNumber.module.css";

interface Props {
  id: number;
  carrier: string;
  flight: number;
}

/** The last flights of the year under the same number. */
export function SameNumber({ id, carrier, flight }: Props) {
  const { data, error, refetch } = useQuery(sameNumberQuery(useClient(), carrier, flight));
  if (error && !data) {
    return <Failure error={error} heading="The other flights could not be loaded" onRetry={refetch} />;
  }
  return (
    <section className={styles.section} aria-labelledby="same-number" aria-busy={!data}>
      <h2 id="same-number">
        Last flown as {carrier} {flight}
      </h2>
      <ol className={styles.list}>
        {data?.items.map(({ id: other, sched_dep, origin, dest, arr_delay, status }) => (
          <li key={other}>
            <Link to={`/flights/${other}`} aria-current={other === id ? "page" : undefined}>
              <time dateTime={sched_dep}>
                {shortDate(sched_dep)} {clock(sched_dep)}
              </time>
              <span>
                {origin} – {dest}
              </span>
              <DelayMark minutes={arr_delay} status={status} />
            </Link>
          </li>
        ))}
      </ol>
      <p className={styles.all}>
        <Link to={`/numbers/${carrier}${flight}`}>
          The year of {carrier} {flight}
        </Link>{" "}
        <Link to={exploreHref({ carrier, flight })}>All of its flights</Link>
      </p>
    </section>
  );
}
