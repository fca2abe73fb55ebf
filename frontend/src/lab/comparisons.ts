/** Comparisons of two sides' samples. Of 200 rounds one takes about 3 ms, so it needs no worker: it runs between rounds. */
import { type Comparison, compare, random, reversed } from "./statistics";
import type { Measure, Result, Samples } from "./types";

export const FEWEST_TO_COMPARE = 2;

/** A side, as a rule the first, against another: null where fewer than two rounds have both. */
export function comparisonOf(result: Result, side: number, measure: Measure, from = 0): Comparison | null {
  const [first, other] = [result.sides[from], result.sides[side]];
  return first && other ? compareSamples(first.samples, other.samples, measure, result.settings.seed) : null;
}

/**
 * The wall times of every side against every other, by row (from) and column (to); null on the diagonal. Below the
 * diagonal stand the same comparisons the other way round.
 */
export function allPairs(result: Result): (Comparison | null)[][] {
  const sides = [...result.sides.keys()];
  const above = sides.map((from) =>
    sides.map((to) => (from < to ? comparisonOf(result, to, "wall", from) : null)),
  );
  return sides.map((from) =>
    sides.map((to) => {
      if (from < to) return above[from]?.[to] ?? null;
      const mirrored = above[to]?.[from];
      return mirrored ? reversed(mirrored) : null;
    }),
  );
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
