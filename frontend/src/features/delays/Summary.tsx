import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useClient } from "../../api/client";
import { Failure } from "../../ui/Failure";
import type { Filters } from "../../ui/filters/filters";
import { NOTHING, perCent, signedMean, whole } from "../../ui/format";
import { summaryQuery } from "./api";
import { Histogram } from "./Histogram";
import styles from "./Summary.module.css";

interface Props {
  filters: Filters;
  /** Where else these flights can be seen. */
  also: { to: string; words: string };
}

/** What became of all the flights behind the filters, in one line. */
export function Summary({ filters, also }: Props) {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...summaryQuery(useClient(), filters),
    placeholderData: keepPreviousData,
  });
  if (error && !data)
    return <Failure error={error} heading="The summary could not be loaded" onRetry={refetch} />;
  const total = data?.items[0];
  return (
    <section className={styles.strip} aria-label="Summary" aria-busy={!total || isPlaceholderData}>
      <dl className={styles.figures} data-stale={isPlaceholderData}>
        <Figure
          name="flights"
          value={total && whole(total.count)}
          note={<Link to={also.to}>{also.words}</Link>}
        />
        <Figure name="on time" value={total && perCent(total.on_time_share)} note="under 15 min late" />
        <Figure
          name="cancelled"
          value={total && whole(total.cancelled)}
          note={total && `${perCent(total.count ? total.cancelled / total.count : null)} of them`}
        />
        <Figure name="mean delay" value={total && signedMean(total.mean_delay)} note="min at arrival" />
      </dl>
      <Histogram counts={total?.histogram} />
    </section>
  );
}

/** Its place is kept while its value is on the way. */
function Figure({ name, value, note }: { name: string; value: string | undefined; note?: ReactNode }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd data-pending={value === undefined}>{value ?? NOTHING}</dd>
      {note && <dd className={styles.note}>{note}</dd>}
    </div>
  );
}
