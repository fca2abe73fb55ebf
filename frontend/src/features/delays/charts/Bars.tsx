import { axisX, axisY, barX, barY, type PlotOptions, ruleX, ruleY, text } from "@observablehq/plot";
import { useCallback } from "react";
import type { Measure } from "../../../flights/filters/filters";
import { colourBetween } from "../../../flights/lateness";
import { signed, whole } from "../../../ui/format";
import PlotFigure from "../../../ui/PlotFigure";
import { figure, isFew, rulesOf } from "../measures";
import { type Mark, markInWords } from "../rates";

interface Props {
  label: string;
  marks: readonly Mark[];
  measure: Measure;
  /** The key of the mark that the page is about, which is framed. */
  own?: string | undefined;
  /** Names down the side, or short names along the foot. */
  direction: "down" | "along";
  height: number;
  /** All positions on the axis, if some may have no mark. */
  domain?: readonly string[] | undefined;
}

/** Properties of every bar: its link and its description. */
const telling = { href: "href", ariaLabel: markInWords, title: markInWords } as const;
/** An interval, as a whisker over the bar. */
const whisker = {
  stroke: "var(--ink-2)",
  strokeWidth: 1.5,
  clip: true,
  ariaHidden: "true",
  pointerEvents: "none",
} as const;

/** How many flights a bar is of. */
const beside = { fill: "var(--ink-2)", ariaHidden: "true", pointerEvents: "none" } as const;
const countOf = ({ rates }: Mark) => whole(rates.count);

/** One measure as bars, each with its figure, its interval and a link. Bars of few flights are thin. */
export default function Bars({ label, marks, measure, own, direction, height, domain }: Props) {
  const options = useCallback(
    (width: number) =>
      direction === "down" ? down(marks, measure, own, width) : along(marks, measure, width, domain),
    [marks, measure, own, direction, domain],
  );
  return <PlotFigure label={label} height={height} options={options} />;
}

function down(marks: readonly Mark[], measure: Measure, own: string | undefined, width: number): PlotOptions {
  const rules = rulesOf(measure);
  const side = Math.min(190, width * 0.42);
  const scale = scaleOf(marks, measure);
  const early = scale[0] < 0;
  const stroke = ({ key }: Mark) => (key === own ? "var(--ink)" : "none");
  const bar = { x: lengthOf, y: "name", fill: fillOf(measure), stroke, strokeWidth: 2, ...telling };
  return {
    marginLeft: side,
    marginRight: 98,
    marginTop: 4,
    marginBottom: 42,
    x: { label: `${rules.axis} →`, labelOffset: 36, domain: scale, nice: true, insetLeft: early ? 36 : 0 },
    y: { label: null, domain: marks.map(({ name }) => name) },
    color: { type: "identity" },
    marks: [
      axisX({
        anchor: "bottom",
        tickSize: 0,
        tickFormat: tickOf(measure),
        ticks: Math.max(1, (width - side - 98) / 60),
      }),
      axisY({ tickSize: 0, label: null, lineWidth: (side - 12) / 12, textOverflow: "ellipsis" }),
      barX(many(marks), { ...bar, insetTop: 2, insetBottom: 2 }),
      barX(few(marks), { ...bar, insetTop: 7, insetBottom: 7 }),
      ruleX([0], { stroke: "var(--rule-strong)" }),
      ruleY(sure(marks), { x1: lowOf, x2: highOf, y: "name", ...whisker }),
      figures(marks, true),
      figures(marks, false),
      text(marks, { y: "name", text: countOf, frameAnchor: "right", dx: 94, textAnchor: "end", ...beside }),
      text(["flights"], { frameAnchor: "bottom-right", dx: 94, dy: 14, textAnchor: "end", ...beside }),
    ],
  };

  /** Beyond the whisker of a bar that goes to the left, or to the right. */
  function figures(all: readonly Mark[], isEarly: boolean) {
    return text(
      all.filter((mark) => lengthOf(mark) < 0 === isEarly),
      {
        x: (mark: Mark) => within(scale, isEarly ? Math.min(lengthOf(mark), lowOf(mark)) : outerOf(mark)),
        y: "name",
        text: (mark: Mark) => figure(mark.value, rules),
        dx: isEarly ? -5 : 5,
        textAnchor: isEarly ? "end" : "start",
        ariaHidden: "true",
        pointerEvents: "none",
      },
    );
  }
}

function along(
  marks: readonly Mark[],
  measure: Measure,
  width: number,
  domain: readonly string[] = marks.map(({ key }) => key),
): PlotOptions {
  const rules = rulesOf(measure);
  const room = (width - 40) / Math.max(1, domain.length);
  const every = Math.ceil(24 / room);
  const scale = scaleOf(marks, measure);
  const bar = { x: "key", y: lengthOf, fill: fillOf(measure), ...telling };
  const thin = room * 0.27;
  return {
    marginLeft: 40,
    marginRight: 4,
    marginTop: 22,
    marginBottom: 42,
    x: { label: null, domain, padding: 0.18 },
    y: { label: `↑ ${rules.axis}`, domain: scale, nice: true },
    color: { type: "identity" },
    marks: [
      axisY({ tickSize: 0, ticks: 5, tickFormat: tickOf(measure) }),
      axisX({ tickSize: 0, label: null, ticks: domain.filter((_, index) => index % every === 0) }),
      barY(many(marks), bar),
      barY(few(marks), { ...bar, insetLeft: thin, insetRight: thin }),
      ruleY([0], { stroke: "var(--rule-strong)" }),
      ruleX(sure(marks), { x: "key", y1: lowOf, y2: highOf, ...whisker }),
      room > 48 ? text(marks, { x: "key", text: countOf, frameAnchor: "bottom", dy: 32, ...beside }) : null,
      room > 34
        ? text(marks, {
            x: "key",
            y: (mark: Mark) => within(scale, Math.max(0, outerOf(mark))),
            text: (mark: Mark) => figure(mark.value, rules),
            dy: -8,
            ariaHidden: "true",
            pointerEvents: "none",
          })
        : null,
    ],
  };
}

const lengthOf = ({ value }: Mark) => value ?? 0;
const lowOf = ({ value, interval }: Mark) => interval?.low ?? value ?? 0;
const highOf = ({ value, interval }: Mark) => interval?.high ?? value ?? 0;
const outerOf = (mark: Mark) => Math.max(lengthOf(mark), highOf(mark));
const few = (marks: readonly Mark[]) => marks.filter(({ rates }) => isFew(rates));
const many = (marks: readonly Mark[]) => marks.filter(({ rates }) => !isFew(rates));
const sure = (marks: readonly Mark[]) => marks.filter(({ interval }) => interval !== undefined);
const within = ([from, to]: readonly [number, number], value: number) => Math.max(from, Math.min(to, value));
const tickOf = (measure: Measure) => (value: number) =>
  rulesOf(measure).unit === "min" ? signed(value) : `${value}%`;

function fillOf(measure: Measure): (mark: Mark) => string {
  const { steps } = rulesOf(measure);
  return ({ value }) => colourBetween(value, steps);
}

/** From the least to the most of all values, of the intervals of many flights, and of what every axis holds. */
function scaleOf(marks: readonly Mark[], measure: Measure): [number, number] {
  const values = marks.map(lengthOf);
  const intervals = many(marks).flatMap((mark) => [lowOf(mark), highOf(mark)]);
  const held = [...rulesOf(measure).axisHolds, ...values, ...intervals];
  return [Math.min(...held), Math.max(...held)];
}
