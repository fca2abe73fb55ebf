import { useEffect, useId } from "react";
import type { Measure } from "../../flights/filters/filters";
import { later, loadAtRest } from "../../ui/later";
import { WhenNear } from "../../ui/WhenNear";
import styles from "./ChartSection.module.css";
import { Finding } from "./Finding";
import { RatesTable } from "./RatesTable";
import type { Mark } from "./rates";

const Bars = later(() => import("./charts/Bars"));

interface Props {
  heading: string;
  /** The kind of the marks, such as "Airline". */
  what: string;
  measure?: Measure;
  /** Undefined while they load. */
  marks: readonly Mark[] | undefined;
  /** The marks to draw, if the table has more. */
  drawn?: readonly Mark[] | undefined;
  direction: "down" | "along";
  height: number;
  domain?: readonly string[] | undefined;
  /** The key of the mark that the page is about. */
  own?: string | undefined;
  /** The reserved height, if the chart may be lower. */
  room?: number;
  isStale?: boolean;
}

/** A chart with its heading, its finding in a sentence, and its figures as a table. One bar alone is a sentence. */
export function ChartSection({
  heading,
  what,
  measure = "mean",
  marks,
  drawn = marks,
  direction,
  height,
  room = height,
  domain,
  own,
  isStale,
}: Props) {
  const id = useId();
  useEffect(() => loadAtRest(Bars), []);
  const isOne = drawn?.length === 1;
  return (
    <section className={styles.section} aria-labelledby={id} data-stale={isStale} aria-busy={!marks}>
      <h2 id={id}>{heading}</h2>
      <div className={styles.finding}>{drawn && <Finding marks={drawn} measure={measure} own={own} />}</div>
      {!isOne && (
        <>
          <WhenNear height={room}>
            {drawn && (
              <Bars
                label={`${heading}, a bar chart: arrow keys go from bar to bar`}
                marks={drawn}
                own={own}
                measure={measure}
                direction={direction}
                height={height}
                domain={domain}
              />
            )}
          </WhenNear>
          <RatesTable caption={heading} what={what} measure={measure} marks={marks ?? []} />
        </>
      )}
    </section>
  );
}
