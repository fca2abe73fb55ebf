import { type Comparison, figureOf, verdictOf } from "../statistics";
import { useChartWidth } from "./chartWidth";
import styles from "./Result.module.css";
import { logarithmicTicks, tickLabel } from "./ticks";

const ROW = 36;

/** Each ratio with its interval, on a logarithmic axis where 1 is "as fast". Larger values are drawn at its end. */
export function Ratio({
  comparisons,
  labels,
}: {
  comparisons: readonly (Comparison | null)[];
  labels: readonly string[];
}) {
  const width = useChartWidth();
  const known = comparisons.flatMap((comparison, index) =>
    comparison ? [{ ...comparison, label: labels[index] ?? "" }] : [],
  );
  if (known.length === 0) return null;
  const finite = known
    .flatMap(({ low, ratio, high }) => [low, ratio, high])
    .filter((value) => value > 0 && Number.isFinite(value));
  const most = Math.max(2, ...finite) * 1.2;
  const least = Math.min(0.5, ...finite) / 1.2;
  const x = (ratio: number) =>
    (Math.log(Math.min(most, Math.max(ratio, least)) / least) / Math.log(most / least)) * width;
  const height = known.length * ROW + 20;
  return (
    <figure className={styles.figure}>
      <figcaption>
        How many times as fast: the dot is the ratio of medians, the bar its 95 % interval, the thin line that
        of 99 %
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={known
          .map((each) => `${each.label}: ${figureOf(each)}, ${verdictOf(each).text}`)
          .join("; ")}
      >
        {logarithmicTicks(least, most).map((tick) => (
          <g key={tick}>
            <line
              x1={x(tick)}
              x2={x(tick)}
              y1={0}
              y2={height - 16}
              className={tick === 1 ? styles.one : styles.grid}
            />
            <text x={x(tick)} y={height - 3} className={styles.tick}>
              {tickLabel(tick)}
            </text>
          </g>
        ))}
        {known.map((each, index) => {
          const y = index * ROW + 23;
          const from = Math.min(x(each.low), width - 2);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the sides of a result never change their order
            <g key={index} className={styles.interval}>
              <text x={4} y={y - 11}>
                {each.label}: <tspan>{figureOf(each)}</tspan>
              </text>
              <line x1={x(each.surely.low)} x2={x(each.surely.high)} y1={y} y2={y} />
              <rect x={from} width={Math.max(2, x(each.high) - from)} y={y - 4} height={8} />
              <circle cx={x(each.ratio)} cy={y} r={5} />
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
