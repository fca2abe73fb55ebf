/** 95% confidence intervals for means and shares, by textbook formulas, as if flights were independent. */
import { signedMean } from "./format";

export interface Interval {
  low: number;
  high: number;
}

/** The rule of thumb of the textbooks: fewer are too few for a comparison. */
export const FEW = 30;

const Z = 1.959964;
/** Student's t at 97.5% for one and two degrees of freedom, where the expansion below does not hold. */
const T_OF_TWO_OR_THREE = [12.7062, 4.3027];

/** Wilson's score interval (1927) of a share: of `n` things, `some`. Undefined of nothing. */
export function wilson(some: number, n: number): Interval | undefined {
  if (n === 0) return undefined;
  const share = some / n;
  const middle = (share + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Student's interval (1908) of a mean, from the sample's variance with n - 1. Undefined of fewer than two. */
export function student(mean: number | null, variance: number | null, n: number): Interval | undefined {
  if (mean === null || variance === null || n < 2) return undefined;
  const half = tOf(n - 1) * Math.sqrt(variance / n);
  return { low: mean - half, high: mean + half };
}

export function inPercent(interval: Interval | undefined): Interval | undefined {
  return interval && { low: interval.low * 100, high: interval.high * 100 };
}

/** "+6.7 to +7.1", "73.2 to 73.5%" */
export function range({ low, high }: Interval, unit: "min" | "%"): string {
  return unit === "min"
    ? `${signedMean(low)} to ${signedMean(high)}`
    : `${low.toFixed(1)} to ${high.toFixed(1)}%`;
}

/** The 97.5% quantile of Student's t, to one in a thousand: Abramowitz and Stegun, 26.7.5. */
function tOf(freedom: number): number {
  const [z3, z5, z7, z9] = [3, 5, 7, 9].map((power) => Z ** power) as [number, number, number, number];
  return (
    T_OF_TWO_OR_THREE[freedom - 1] ??
    Z +
      (z3 + Z) / (4 * freedom) +
      (5 * z5 + 16 * z3 + 3 * Z) / (96 * freedom ** 2) +
      (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * freedom ** 3) +
      (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * Z) / (92160 * freedom ** 4)
  );
}
