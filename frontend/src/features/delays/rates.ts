import {
  delaysHref,
  exploreHref,
  type FilterPatch,
  type Filters,
  type Measure,
} from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { type Interval, range } from "../../ui/intervals";
import type { Rates } from "./api";
import { figureInWords, isFew, rulesOf } from "./measures";

/** One mark of a chart and one row of its table: its name, its figures, and the filters of its flights. */
export interface Mark {
  key: string;
  name: string;
  href: string;
  measure: Measure;
  /** In the measure's unit; null where there is none. */
  value: number | null;
  interval: Interval | undefined;
  rates: Rates;
}

/** A mark for each line of a report. It leads to its flights as a list, or is one of the charts under these filters. */
export function marksOf<T extends Rates>(
  items: readonly T[],
  measure: Measure,
  describe: (item: T) => { key: string; name: string; behind: FilterPatch },
  filters?: Filters,
): Mark[] {
  const { value, interval } = rulesOf(measure);
  return items.map((rates) => {
    const { key, name, behind } = describe(rates);
    const href = filters ? narrowHref(filters, behind) : exploreHref(behind);
    return {
      ...{ key, name, href, measure, rates },
      ...{ value: value(rates), interval: interval?.(rates) },
    };
  });
}

/** Where a mark among charts leads: to the charts of its flights alone and, once they are shown, to the list of them. */
export function narrowHref(filters: Filters, behind: FilterPatch): string {
  return delaysHref(behind) === delaysHref(filters) ? exploreHref(behind) : delaysHref(behind);
}

/** "JetBlue Airways: mean delay +9.5 min (95%: +9.1 to +9.9), 54,635 flights" */
export function markInWords(mark: Mark): string {
  return `${mark.name}: ${valueInWords(mark)}`;
}

export function valueInWords({ measure, value, interval, rates }: Mark): string {
  const rules = rulesOf(measure);
  const sure = interval ? ` (95%: ${range(interval, rules.unit)})` : "";
  return `${rules.words} ${figureInWords(value, rules)}${sure}, ${flightsInWords(rates.count)}`;
}

/** The best mark first; those without a value last. */
export function byValue(a: Mark, b: Mark): number {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  return rulesOf(a.measure).isBest === "low" ? a.value - b.value : b.value - a.value;
}

/** The best and the worst, for the sentence above a chart. Marks of few flights are neither. */
export function extremes(marks: readonly Mark[]): { best: Mark; worst: Mark } | undefined {
  const sorted = marks.filter(({ value, rates }) => value !== null && !isFew(rates)).sort(byValue);
  const best = sorted[0];
  const worst = sorted.at(-1);
  return best && worst && best.value !== worst.value ? { best, worst } : undefined;
}
