/** The panel's statistics: quantiles by linear interpolation, and one histogram scale shared by every endpoint. */

/**
 * The p-quantile (0..1) by linear interpolation between the two nearest order statistics (Hyndman and Fan's type 7:
 * the default of R, NumPy and spreadsheets). One value is every quantile of itself; no values have none.
 */
export function quantile(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}

export interface Bin {
  /** Inclusive, in ms. */
  from: number;
  /** Exclusive, in ms; Infinity for the last. */
  to: number;
  count: number;
}

/**
 * The edges are a 1-2-5 series, because latencies spread over powers of ten. All endpoints have the same edges, so that
 * a reader can compare their histograms.
 */
export const BIN_EDGES: readonly number[] = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export function histogram(values: readonly number[]): Bin[] {
  const bins = BIN_EDGES.map((from, i) => ({
    from,
    to: BIN_EDGES[i + 1] ?? Number.POSITIVE_INFINITY,
    count: 0,
  }));
  for (const value of values) {
    const bin = bins.findLast(({ from }) => value >= from);
    if (bin) bin.count += 1;
  }
  return bins;
}
