/** The measures of a report: their texts, axes, colours and intervals. */

import type { Measure } from "../../flights/filters/filters";
import { LATENESS_CLASSES, MINUTES, type Steps } from "../../flights/lateness";
import { perCent, signed, signedMean } from "../../ui/format";
import { FEW, type Interval, inPercent, student, wilson } from "../../ui/intervals";
import type { Rates } from "./api";

interface Rules {
  /** The name in the choice and in the heading of a column. */
  name: string;
  /** Under a sentence's subject: "mean delay +6.9 min". */
  words: string;
  unit: "min" | "%";
  /** Beside an axis. */
  axis: string;
  value: (rates: Rates) => number | null;
  interval?: (rates: Rates) => Interval | undefined;
  /** The smallest range of an axis, so that one small value does not fill a chart. */
  axisHolds: readonly [number, number];
  /** The values of the six colours, and their labels in the legend. */
  steps: Steps;
  legend: readonly string[];
  isBest: "low" | "high";
  superlatives: readonly [best: string, worst: string];
}

const PERCENT_OF = 100;
const percent = (share: number | null) => (share === null ? null : share * PERCENT_OF);
const OF_LATENESS = LATENESS_CLASSES.map(({ name }) => name);

const RULES: Record<Measure, Rules> = {
  mean: {
    name: "Mean delay",
    words: "mean delay",
    unit: "min",
    axis: "minutes after plan",
    value: ({ mean_delay = null }) => mean_delay,
    interval: ({ mean_delay = null, var_delay = null, on_time, delayed }) =>
      student(mean_delay, var_delay, on_time + delayed),
    axisHolds: [0, 20],
    steps: MINUTES,
    legend: OF_LATENESS,
    isBest: "low",
    superlatives: ["Least late", "most"],
  },
  median: {
    name: "Median delay",
    words: "median delay",
    unit: "min",
    axis: "minutes after plan, median",
    value: ({ median_delay = null }) => median_delay,
    axisHolds: [-10, 10],
    steps: MINUTES,
    legend: OF_LATENESS,
    isBest: "low",
    superlatives: ["Least late", "most"],
  },
  p90: {
    name: "90% stay below",
    words: "90% of the arrivals below",
    unit: "min",
    axis: "minutes after plan that 90% stay below",
    value: ({ p90_delay = null }) => p90_delay,
    axisHolds: [0, 60],
    steps: [0, 20, 40, 60, 90, 150],
    legend: ["0 min", "20", "40", "60", "90", "150 min or more"],
    isBest: "low",
    superlatives: ["Least", "most"],
  },
  on_time: {
    name: "On time",
    words: "on time",
    unit: "%",
    axis: "% on time",
    value: ({ on_time_share }) => percent(on_time_share),
    interval: ({ on_time, count }) => inPercent(wilson(on_time, count)),
    axisHolds: [0, 100],
    steps: [95, 85, 75, 65, 50, 30],
    legend: ["95% or more", "85%", "75%", "65%", "50%", "30% or less"],
    isBest: "high",
    superlatives: ["Most often on time", "least"],
  },
  cancelled: {
    name: "Cancelled",
    words: "cancelled",
    unit: "%",
    axis: "% cancelled",
    value: ({ cancelled, count }) => (count ? (cancelled / count) * PERCENT_OF : null),
    interval: ({ cancelled, count }) => inPercent(wilson(cancelled, count)),
    axisHolds: [0, 10],
    steps: [0, 1, 3, 8, 20, 40],
    legend: ["none", "1%", "3%", "8%", "20%", "40% or more"],
    isBest: "low",
    superlatives: ["Least often cancelled", "most"],
  },
};

export function rulesOf(measure: Measure): Rules {
  return RULES[measure];
}

/** "+6.9", "73.4%" */
export function figure(value: number | null, { unit }: Rules): string {
  return unit === "min" ? signedMean(value) : perCent(value === null ? null : value / PERCENT_OF);
}

/** Without decimals, for a small place: "+7", "73%". */
export function roundFigure(value: number, { unit }: Rules): string {
  return unit === "min" ? signed(Math.round(value)) : `${Math.round(value)}%`;
}

/** "+6.9 min", "73.4%" */
export function figureInWords(value: number | null, rules: Rules): string {
  return rules.unit === "min" && value !== null ? `${figure(value, rules)} min` : figure(value, rules);
}

export function isFew({ count }: { count: number }): boolean {
  return count < FEW;
}
