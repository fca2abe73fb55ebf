/** The Lab's statistics: how much faster one side is than the other, and whether that can be told from chance. */

/**
 * A small generator with a seed, so that a run can be repeated: Mulberry32 by Tommy Ettinger
 * (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c).
 */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The p-quantile (0..1) of ascending values, interpolated as the timing panel does; NaN where there are none. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  if (below === above) return below; // between two infinities, interpolation knows no number
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: ArrayLike<number>): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

export interface Interval {
  low: number;
  high: number;
}

/** How many times as long the slow side takes, median against median; `low` to `high` holds it at 95 %. */
export interface Comparison extends Interval {
  rounds: number;
  /** Infinity when only the fast median is zero, as an answer out of a cache is to a coarse clock; 1 when both are. */
  ratio: number;
  /** The same at 99 %. */
  surely: Interval;
  /** The slow median less the fast one, in the samples' unit. */
  saved: number;
}

/**
 * The ratio of medians with its bootstrap percentile intervals (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 13). A round is resampled whole: what slowed both of its sides down says nothing about
 * their ratio. A round without both numbers is left out. By default chance itself is seeded, so that the same
 * samples always have the same intervals.
 */
export function compare(
  slow: readonly number[],
  fast: readonly number[],
  options: { resamples?: number; random?: () => number } = {},
): Comparison {
  const rounds = slow.flatMap((a, i) => {
    const b = fast[i] ?? Number.NaN;
    return Number.isFinite(a) && Number.isFinite(b) ? [{ slow: a, fast: b }] : [];
  });
  if (rounds.length === 0) {
    const nothing = { low: 0, high: Number.POSITIVE_INFINITY };
    return { rounds: 0, ratio: 1, ...nothing, surely: nothing, saved: 0 };
  }
  const slows = ranked(rounds.map((round) => round.slow));
  const fasts = ranked(rounds.map((round) => round.fast));
  const ratios = bootstrap(slows, fasts, options.resamples ?? 2000, options.random ?? random(1));
  const [slowMedian, fastMedian] = [quantile(slows.sorted, 0.5), quantile(fasts.sorted, 0.5)];
  return {
    rounds: rounds.length,
    ratio: ratioOf(slowMedian, fastMedian),
    low: quantile(ratios, 0.025),
    high: quantile(ratios, 0.975),
    surely: { low: quantile(ratios, 0.005), high: quantile(ratios, 0.995) },
    saved: slowMedian - fastMedian,
  };
}

/** The fast side against the slow one: of the reciprocals of ratios, quantiles change places. */
export function reversed({ rounds, ratio, low, high, surely, saved }: Comparison): Comparison {
  return {
    rounds,
    ratio: 1 / ratio,
    low: 1 / high,
    high: 1 / low,
    surely: { low: 1 / surely.high, high: 1 / surely.low },
    saved: -saved,
  };
}

interface Ranked {
  sorted: Float64Array;
  /** The round that each of the sorted values is from. */
  rounds: Uint16Array;
}

function ranked(values: readonly number[]): Ranked {
  const rounds = Uint16Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  return { sorted: Float64Array.from(rounds, (round) => values[round] ?? 0), rounds };
}

/** Ascending ratios of resampled medians. Sorted once, a resample needs no sorting: only how often each round is in it. */
function bootstrap(slow: Ranked, fast: Ranked, resamples: number, random: () => number): Float64Array {
  const n = slow.sorted.length;
  const times = new Uint16Array(n);
  const ratios = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let drawn = 0; drawn < n; drawn++) {
      const round = Math.floor(random() * n);
      times[round] = (times[round] ?? 0) + 1;
    }
    ratios[resample] = ratioOf(resampledMedian(slow, times), resampledMedian(fast, times));
  }
  return ratios.sort();
}

/** The median of values of which each counts as many times as its round was drawn. */
function resampledMedian({ sorted, rounds }: Ranked, times: Uint16Array): number {
  const n = sorted.length;
  let seen = 0;
  let at = -1;
  while (2 * seen < n) {
    at += 1;
    seen += times[rounds[at] ?? 0] ?? 0;
  }
  const lower = sorted[at] ?? 0;
  if (2 * seen > n) return lower;
  do at += 1;
  while (times[rounds[at] ?? 0] === 0);
  return (lower + (sorted[at] ?? 0)) / 2;
}

function ratioOf(slow: number, fast: number): number {
  return slow === fast ? 1 : slow / fast;
}

export interface Verdict {
  /** "few": of too few rounds to say anything. */
  kind: "faster" | "slower" | "none" | "few";
  text: string;
}

/**
 * Of so few rounds the bootstrap's intervals are too narrow, and may be so by luck: by simulation, a side against
 * itself fools in 2.0 % of runs of 8 rounds, in 1.1 % of runs of 12, and in 1.0 % of longer ones.
 */
export const FEWEST_TO_TELL = 12;

/**
 * A difference is told when the 99 % interval leaves out 1, so that a side against itself fools nobody more than
 * about once in a hundred runs. Its size is told as the 95 % interval, never as one number that seems exact.
 */
export function verdictOf({ rounds, low, high, surely }: Comparison): Verdict {
  if (rounds < FEWEST_TO_TELL) return { kind: "few", text: "too few rounds to tell" };
  if (surely.low > 1) return { kind: "faster", text: inWords("faster", low, high) };
  if (surely.high < 1) return { kind: "slower", text: inWords("slower", 1 / high, 1 / low) };
  return { kind: "none", text: "no difference detectable" };
}

/**
 * The same of an amount, such as time of the processor: by how much less of it, or more, the fast side takes, as
 * "26–31 % less". Null of too few rounds.
 */
export function changeOf({ rounds, low, high, surely }: Comparison): string | null {
  if (rounds < FEWEST_TO_TELL) return null;
  if (surely.low > 1) return percentInWords("less", 1 - 1 / low, 1 - 1 / high);
  if (surely.high >= 1) return "no difference detectable";
  if (low < 0.5) return `${rounded(1 / high)}–${rounded(1 / low)} times as much`;
  return percentInWords("more", 1 / high - 1, 1 / low - 1);
}

function percentInWords(kind: string, low: number, high: number): string {
  const [from, to] = [Math.round(low * 100), Math.round(high * 100)];
  if (from === 0) return `up to ${Math.max(1, to)} % ${kind}`;
  return from === to ? `about ${to} % ${kind}` : `${from}–${to} % ${kind}`;
}

/** The ratio of medians with its 95 % interval, as "5.9 [5.4, 6.7]". */
export function figureOf({ ratio, low, high }: Comparison): string {
  return `${rounded(ratio)} [${rounded(low)}, ${rounded(high)}]`;
}

/** Ratios of this size come from medians near zero; their digits tell about the clock. */
const LARGEST = 10_000;

function inWords(kind: string, low: number, high: number): string {
  if (low === Number.POSITIVE_INFINITY) return `${kind} than this clock can tell`; // the other side took 0.0 ms
  if (low > LARGEST) return `more than ${rounded(LARGEST)} times ${kind}`;
  if (high > LARGEST) return `at least ${rounded(low)} times ${kind}`;
  const [from, to] = [rounded(low), rounded(high)];
  if (to === "1.00") return `less than 1.01 times ${kind}`;
  if (from === "1.00") return `up to ${to} times ${kind}`;
  return from === to ? `about ${to} times ${kind}` : `${from}–${to} times ${kind}`;
}

/** Two significant digits, but three around 1, where 1.08 and 1.15 are far apart. */
function rounded(ratio: number): string {
  if (ratio < 0.1) return String(Number(ratio.toPrecision(2)));
  if (ratio < 1.995) return ratio.toFixed(2);
  if (ratio < 9.95) return ratio.toFixed(1);
  return Number(ratio.toPrecision(2)).toLocaleString("en");
}

/** Whether the ratio is known to within `precision` of itself to either side, or can be known no better. */
export function narrowEnough({ rounds, ratio, low, high }: Comparison, precision: number): boolean {
  if (rounds < FEWEST_TO_TELL) return false;
  return low === high || (high - low) / ratio <= 2 * precision;
}

/** The share of values that are at most x, by ascending x. */
export function ecdf(values: readonly number[]): { x: number; share: number }[] {
  const sorted = [...values].sort((a, b) => a - b);
  const steps = sorted.map((x, i) => ({ x, share: (i + 1) / sorted.length }));
  return steps.filter(({ x }, i) => x !== sorted[i + 1]); // equal values are one step
}

export interface Summary {
  n: number;
  p50: number;
  p95: number;
  min: number;
  max: number;
  mean: number;
}

/** Of no values everything but `n` is NaN. */
export function summaryOf(values: readonly number[]): Summary {
  const sorted = Float64Array.from(values).sort();
  return {
    n: sorted.length,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    min: quantile(sorted, 0),
    max: quantile(sorted, 1),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  };
}
