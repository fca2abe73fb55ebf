import { type Comparison, verdictOf } from "../statistics";
import { useChartWidth } from "./chartWidth";
import styles from "./Result.module.css";

const ROW = 36;

/** The interval of each ratio on a logarithmic axis, where 1 is "as fast". */
export function Ratio({
  comparisons,
  labels,
}: {
  comparisons: readonly (Comparison | null)[];
  labels: readonly string[];
}) {
  const width = useChartWidth();
  const known = comparisons.flatMap((comparison) =>
    comparison && Number.isFinite(comparison.high) ? [comparison] : [],
  );
  if (known.length === 0) return null;
  const most = Math.max(2, ...known.map(({ high }) => high)) * 1.2;
  const least = Math.min(0.5, ...known.map(({ low }) => low)) / 1.2;
  const x = (ratio: number) => (Math.log(Math.max(ratio, least) / least) / Math.log(most / least)) * width;
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter(
    (t) => t >= least && t <= most,
  );
  const height = comparisons.length * ROW + 20;
  return (
    <figure className={styles.figure}>
      <figcaption>How many times as fast: 95 % interval, and the thin line 99 %</figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={known.map((c) => verdictOf(c).text).join("; ")}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={x(tick)}
              x2={x(tick)}
              y1={0}
              y2={height - 16}
              className={tick === 1 ? styles.one : styles.grid}
            />
            <text x={x(tick)} y={height - 3} className={styles.tick}>
              {tick}
            </text>
          </g>
        ))}
        {comparisons.map((comparison, index) =>
          comparison && Number.isFinite(comparison.high) ? (
            <g key={labels[index]} className={styles.interval}>
              <text x={4} y={index * ROW + 12}>
                {labels[index]}
              </text>
              <line
                x1={x(comparison.surely.low)}
                x2={x(comparison.surely.high)}
                y1={index * ROW + 23}
                y2={index * ROW + 23}
              />
              <rect
                x={x(comparison.low)}
                width={Math.max(2, x(comparison.high) - x(comparison.low))}
                y={index * ROW + 19}
                height={8}
              />
            </g>
          ) : null,
        )}
      </svg>
    </figure>
  );
}
