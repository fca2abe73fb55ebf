import { ecdf, summaryOf } from "../statistics";
import type { Samples } from "../types";
import { useChartWidth } from "./chartWidth";
import styles from "./Result.module.css";
import { linearTicks, tickLabel } from "./ticks";

const DOTS = 34;
const CURVES = 120;
/** Room before a side's name for a piece of its curve. */
const KEY = 28;

interface Side {
  label: string;
  samples: Pick<Samples, "wall">;
}

/** Every sample as a dot, and below the empirical distribution function. */
export function Distribution({ sides }: { sides: readonly Side[] }) {
  const width = useChartWidth();
  const walls = sides.map(({ samples }) => (samples.wall ?? []).filter((value) => value !== null));
  const all = walls.flat();
  // The slowest few percent would press all others together: they are drawn at the edge, with a note.
  const ticks = linearTicks(Math.max(0.01, ...walls.map((wall) => quantile98(wall))) * 1.1);
  const most = ticks.at(-1) ?? 1;
  const x = (ms: number) => Math.min(1, ms / most) * width;
  const top = sides.length * DOTS + 8;
  const height = top + CURVES + 18;
  return (
    <figure className={styles.figure}>
      <figcaption>
        Wall time in ms: each of {all.length} samples a dot, and below the share of samples that were as quick
        {atTheEdge(all.filter((ms) => ms > most))}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={sides.map((side, i) => inWords(side, walls[i] ?? [])).join("; ")}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={0} y2={height - 16} className={styles.grid} />
            <text
              x={x(tick)}
              y={height - 3}
              className={styles.tick}
              data-edge={tick === 0 ? "start" : tick === most ? "end" : undefined}
            >
              {tickLabel(tick)}
            </text>
          </g>
        ))}
        {sides.map((side, index) => (
          <g key={side.label} data-side={index} className={styles.side}>
            <path d={`M2,${index * DOTS + 7} h${KEY - 6}`} />
            <text x={KEY} y={index * DOTS + 11}>
              {side.label}
            </text>
            {(walls[index] ?? []).map((ms, round) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a sample is its round
              <circle key={round} cx={x(ms)} cy={index * DOTS + 17 + ((round * 7) % 13)} r={2} />
            ))}
            <path d={curve(walls[index] ?? [], x, top)} />
          </g>
        ))}
      </svg>
    </figure>
  );
}

function atTheEdge(slowest: readonly number[]): string {
  if (slowest.length === 0) return "";
  const longest = `${short(Math.max(...slowest))} ms`;
  return slowest.length === 1
    ? `; one that took ${longest} is drawn at the right edge`
    : `; the ${slowest.length} slowest, up to ${longest}, are drawn at the right edge`;
}

function curve(values: number[], x: (ms: number) => number, top: number): string {
  const y = (share: number) => top + CURVES * (1 - share);
  return (
    ecdf(values).reduce((path, { x: ms, share }) => `${path} H${x(ms)} V${y(share)}`, `M0,${y(0)}`) +
    ` H${x(Number.POSITIVE_INFINITY)}`
  );
}

function quantile98(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.98)] ?? 0;
}

function inWords({ label }: Side, values: number[]): string {
  const { p50, p95 } = summaryOf(values);
  return `${label}: median ${short(p50)} ms, 95th percentile ${short(p95)} ms`;
}

function short(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}
