import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useClient } from "../../api/useClient";
import { exploreHref, type Filters } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { DataTable } from "../../ui/DataTable";
import { Failure } from "../../ui/Failure";
import { whole } from "../../ui/format";
import styles from "./Aircraft.module.css";
import { byTailnumQuery } from "./api";

const SHOWN = 12;

/** The aircraft that flew these flights, the most used first. */
export function Aircraft({ filters }: { filters: Filters }) {
  const { data, error, refetch } = useQuery(byTailnumQuery(useClient(), filters));
  if (error && !data) return <Failure error={error} heading="Aircraft" onRetry={refetch} />;
  const known = (data?.items ?? [])
    .flatMap(({ tailnum, count }) => (tailnum === null ? [] : [{ tailnum, count }]))
    .sort((a, b) => b.count - a.count);
  const flown = known.reduce((sum, { count }) => sum + count, 0);
  const hrefOf = (tailnum: string) => exploreHref({ ...filters, tailnum });
  return (
    <section aria-labelledby="aircraft" aria-busy={!data} className={styles.aircraft}>
      <h2 id="aircraft">Aircraft</h2>
      <p>
        {data && (
          <span key="words">
            {whole(known.length)} {known.length === 1 ? "aircraft" : "different aircraft"} on{" "}
            {flightsInWords(flown)} whose aircraft is recorded. The most used:
          </span>
        )}
      </p>
      <ul>
        {known.slice(0, SHOWN).map(({ tailnum, count }) => (
          <li key={tailnum}>
            <Link to={hrefOf(tailnum)}>{tailnum}</Link> <span>{flightsInWords(count)}</span>
          </li>
        ))}
      </ul>
      <DataTable
        caption="Aircraft"
        columns={["Tail number", "Flights"]}
        rows={known.map(({ tailnum, count }) => ({
          key: tailnum,
          cells: [
            <Link key="tail" to={hrefOf(tailnum)}>
              {tailnum}
            </Link>,
            whole(count),
          ],
        }))}
      />
    </section>
  );
}
