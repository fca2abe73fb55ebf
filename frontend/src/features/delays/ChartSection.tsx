import { useEffect, useId } from "react";
import { Link } from "react-router";
import type { Measure } from "../../ui/filters/filters";
import { flightsInWords } from "../../ui/format";
import { FEW } from "../../ui/intervals";
import { later, loadAtRest } from "../../ui/later";
import { WhenNear } from "../../ui/WhenNear";
import styles from "./ChartSection.module.css";
import { figureInWords, isFew, rulesOf } from "./measures";
import { RatesTable } from "./RatesTable";
import { extremes, type Mark, valueInWords } from "./rates";

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
  isStale,
}: Props) {
  const id = useId();
  useEffect(() => loadAtRest(Bars), []);
  const isOne = drawn?.length === 1;
  return (
    <section className={styles.section} aria-labelledby={id} data-stale={isStale} aria-busy={!marks}>
      <h2 id={id}>{heading}</h2>
      <div className={styles.finding}>{drawn && <Finding marks={drawn} measure={measure} />}</div>
      {!isOne && (
        <>
          <WhenNear height={room}>
            {drawn && (
              <Bars
                label={`${heading}, a bar chart: arrow keys go from bar to bar`}
                marks={drawn}
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

function Finding({ marks, measure }: { marks: readonly Mark[]; measure: Measure }) {
  const [first] = marks;
  if (!first) return <p key="none">No flights.</p>;
  if (marks.length === 1) {
    return (
      <p key="one">
        <span>Only </span>
        <Link to={first.href}>{first.name}</Link>
        <span>: {valueInWords(first)}.</span>
      </p>
    );
  }
  const found = extremes(marks);
  const few = marks.filter(({ rates }) => isFew(rates)).length;
  const rules = rulesOf(measure);
  const [best, worst] = rules.superlatives;
  return (
    <p key="found">
      {found && (
        <span key="extremes">
          {best}: <strong>{found.best.name}</strong> at {atInWords(found.best)}; {worst}:{" "}
          <strong>{found.worst.name}</strong> at {atInWords(found.worst)}.{" "}
        </span>
      )}
      {few > 0 && <span key="few">{fewInWords(few, marks.length)}</span>}
    </p>
  );
}

/** "−9.9 min (714 flights)" */
function atInWords({ measure, value, rates }: Mark): string {
  return `${figureInWords(value, rulesOf(measure))} (${flightsInWords(rates.count)})`;
}

/** "3 have fewer than 30 flights: they are drawn thin, and ranked nowhere." */
function fewInWords(few: number, all: number): string {
  if (few === all) return `Each has fewer than ${FEW} flights: too few to rank.`;
  return few === 1
    ? `1 has fewer than ${FEW} flights: it is drawn thin, and not ranked.`
    : `${few} have fewer than ${FEW} flights: they are drawn thin, and not ranked.`;
}
