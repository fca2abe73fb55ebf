import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useClient } from "../../api/useClient";
import type { Filters } from "../../flights/filters/filters";
import { Failure } from "../../ui/Failure";
import { NOTHING, perCent, signedMean, whole } from "../../ui/format";
import { FEW, type Interval, inPercent, range, student, wilson } from "../../ui/intervals";
import { summaryQuery } from "./api";
import { Histogram } from "./Histogram";
import styles from "./Summary.module.css";

interface Props {
  filters: Filters;
  /** A link to another page with the same flights. */
  also: { to: string; words: string };
}

/** The results of all flights that match the filters, in one line. */
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
      <dl
        className={styles.figures}
        data-stale={isPlaceholderData}
        data-few={total !== undefined && total.count < FEW}
      >
        <Figure
          name={total?.count === 1 ? "flight" : "flights"}
          value={total && whole(total.count)}
          note={<Link to={also.to}>{also.words}</Link>}
        />
        <Figure
          name="on time"
          value={total && perCent(total.on_time_share)}
          note="under 15 min late"
          sure={sure("Wilson", "%", total && inPercent(wilson(total.on_time, total.count)))}
        />
        <Figure
          name="cancelled"
          value={total && whole(total.cancelled)}
          note={total && `${perCent(total.count ? total.cancelled / total.count : null)} of them`}
          sure={sure("Wilson", "%", total && inPercent(wilson(total.cancelled, total.count)))}
        />
        <Figure
          name="mean delay"
          value={total && signedMean(total.mean_delay)}
          note="min at arrival"
          sure={sure(
            "Student",
            "min",
            total && student(total.mean_delay, total.var_delay, total.on_time + total.delayed),
          )}
        />
        <Figure
          name="median delay"
          value={total && signedMean(total.median_delay)}
          note="80% arrive between"
          sure={total && total.on_time + total.delayed > 0 ? quantiles(total.p10_delay, total.p90_delay) : ""}
        />
      </dl>
      <Histogram counts={total?.histogram} />
    </section>
  );
}

interface FigureProps {
  name: string;
  value: string | undefined;
  note?: ReactNode;
  /** Between what it lies. */
  sure?: ReactNode;
}

/** A figure; its room is reserved while the value loads. */
function Figure({ name, value, note, sure }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd data-pending={value === undefined}>{value ?? NOTHING}</dd>
      {note && <dd className={styles.note}>{note}</dd>}
      {sure !== undefined && <dd className={styles.sure}>{sure}</dd>}
    </div>
  );
}

/** An interval with the name of its method: "Wilson 95%: 73.2 to 73.5%". */
function sure(method: string, unit: "min" | "%", interval: Interval | undefined): ReactNode {
  if (!interval) return "";
  return (
    <>
      <span>{method} 95%: </span>
      <span>{range(interval, unit)}</span>
    </>
  );
}

/** Null is in the histogram's first class, below -30 minutes, or in its last one, from 180 minutes on. */
function quantiles(p10: number | null, p90: number | null): string {
  const from = p10 === null ? "less than −30" : signedMean(p10);
  const to = p90 === null ? "180 or more" : signedMean(p90);
  return `${from} and ${to} min`;
}
