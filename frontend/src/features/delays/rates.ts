import type { FilterPatch } from "../../ui/filters/filters";
import { exploreHref } from "../../ui/filters/filters";
import { flightsInWords, perCent, signedMean } from "../../ui/format";
import type { Rates } from "./api";

/** One mark of a chart and one row of its table: what it is called, its figures, the flights behind it. */
export interface Mark extends Rates {
  key: string;
  name: string;
  href: string;
}

/** A mark for each line of a report. */
export function marksOf<T extends Rates>(
  items: readonly T[],
  describe: (item: T) => { key: string; name: string; behind: FilterPatch },
): Mark[] {
  return items.map((item) => {
    const { key, name, behind } = describe(item);
    const { count, cancelled, on_time_share, mean_delay } = item;
    return { key, name, href: exploreHref(behind), count, cancelled, on_time_share, mean_delay };
  });
}

/** "JetBlue Airways: mean delay +9.5 min, 78.1% of 54,635 flights on time" */
export function markInWords({ name, count, on_time_share, mean_delay }: Mark): string {
  return `${name}: mean delay ${signedMean(mean_delay)} min, ${perCent(on_time_share)} of ${flightsInWords(count)} on time`;
}

export function meanOf({ mean_delay }: Mark): number {
  return mean_delay ?? 0;
}

/** The least and the most late, for the sentence above a chart. */
export function extremes(marks: readonly Mark[]): { least: Mark; most: Mark } | undefined {
  const sorted = marks.filter(({ mean_delay }) => mean_delay !== null).sort((a, b) => meanOf(a) - meanOf(b));
  const least = sorted[0];
  const most = sorted.at(-1);
  return least && most && least !== most ? { least, most } : undefined;
}
