import { Link } from "react-router";
import type { Measure } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { FEW } from "../../ui/intervals";
import { figureInWords, isFew, rulesOf } from "./measures";
import { byValue, extremes, type Mark, valueInWords } from "./rates";

interface Props {
  marks: readonly Mark[];
  measure: Measure;
  /** Whether the best and the worst lead where their marks do. */
  asLinks?: boolean;
  /** The key of the mark that the page is about: its place among the others is told first. */
  own?: string | undefined;
}

/** What a chart shows, in a sentence. */
export function Finding({ marks, measure, asLinks = false, own }: Props) {
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
      {own && <span key="own">{placeInWords(marks, own)} </span>}
      {found && (
        <span key="extremes">
          {best}: <Name mark={found.best} asLink={asLinks} /> at {atInWords(found.best)}; {worst}:{" "}
          <Name mark={found.worst} asLink={asLinks} /> at {atInWords(found.worst)}.{" "}
        </span>
      )}
      {few > 0 && <span key="few">{fewInWords(few, marks.length)}</span>}
    </p>
  );
}

function Name({ mark: { name, href }, asLink }: { mark: Mark; asLink: boolean }) {
  return <strong>{asLink ? <Link to={href}>{name}</Link> : name}</strong>;
}

/** "United Air Lines Inc.: 8 of 15, at +3.6 min (58,665 flights)." */
function placeInWords(marks: readonly Mark[], own: string): string {
  const ranked = marks.filter(({ value, rates }) => value !== null && !isFew(rates)).sort(byValue);
  const place = ranked.findIndex(({ key }) => key === own);
  const mark = ranked[place];
  return mark ? `${mark.name}: place ${place + 1} of ${ranked.length}, at ${atInWords(mark)}.` : "";
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
