/** Comparisons of two sides' samples. Of 200 rounds one takes about 3 ms, so it needs no worker: it runs between rounds. */
import { type Comparison, compare, random } from "./statistics";
import type { Measure, Result, Samples } from "./types";

export const FEWEST_TO_COMPARE = 2;

/** The first side against another: null where fewer than two rounds have both. */
export function comparisonOf(result: Result, side: number, measure: Measure): Comparison | null {
  const [first] = result.sides;
  const other = result.sides[side];
  return first && other ? compareSamples(first.samples, other.samples, measure, result.settings.seed) : null;
}

export function compareSamples(
  first: Samples,
  other: Samples,
  measure: Measure,
  seed: number,
): Comparison | null {
  const slow: number[] = [];
  const fast: number[] = [];
  first[measure]?.forEach((value, round) => {
    const against = other[measure]?.[round];
    if (value === null || against === null || against === undefined) return;
    slow.push(value);
    fast.push(against);
  });
  return slow.length < FEWEST_TO_COMPARE ? null : compare(slow, fast, { random: random(seed) });
}
