import { useEffect, useId } from "react";
import { signedMean } from "../../ui/format";
import { later, loadAtRest } from "../../ui/later";
import { WhenNear } from "../../ui/WhenNear";
import styles from "./ChartSection.module.css";
import { RatesTable } from "./RatesTable";
import { extremes, type Mark } from "./rates";

const Bars = later(() => import("./charts/Bars"));

interface Props {
  heading: string;
  /** What the marks are: "Airline". */
  what: string;
  /** Undefined while they are on the way. */
  marks: readonly Mark[] | undefined;
  /** Those of the marks that are drawn, where the table has more. */
  drawn?: readonly Mark[] | undefined;
  direction: "down" | "along";
  height: number;
  domain?: readonly string[] | undefined;
  /** The height that is kept for it, where it may be lower. */
  room?: number;
  isStale?: boolean;
}

/** A chart with its heading, its finding in a sentence, and its figures as a table. */
export function ChartSection({
  heading,
  what,
  marks,
  drawn = marks,
  direction,
  height,
  room = height,
  domain,
  isStale,
}: Props) {
  const id = useId();
  useEffect(() => loadAtRest(Bars), []);
  return (
    <section className={styles.section} aria-labelledby={id} data-stale={isStale} aria-busy={!marks}>
      <h2 id={id}>{heading}</h2>
      <p className={styles.finding}>{drawn && <Finding marks={drawn} />}</p>
      <WhenNear height={room}>
        {drawn && (
          <Bars
            label={`${heading}, a bar chart: arrow keys go from bar to bar`}
            marks={drawn}
            direction={direction}
            height={height}
            domain={domain}
          />
        )}
      </WhenNear>
      <RatesTable caption={heading} what={what} marks={marks ?? []} />
    </section>
  );
}

function Finding({ marks }: { marks: readonly Mark[] }) {
  const found = extremes(marks);
  if (!found) return marks.length === 0 ? <span key="none">No flights.</span> : null;
  const { least, most } = found;
  return (
    <span key="found">
      Least late: <strong>{least.name}</strong> at {signedMean(least.mean_delay)} min; most:{" "}
      <strong>{most.name}</strong> at {signedMean(most.mean_delay)} min.
    </span>
  );
}
