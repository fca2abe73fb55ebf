import styles from "./Drawing.module.css";
import { type Arrow, arrowsOf, lanesOf } from "./pattern";
import type { SideInfo } from "./types";

const ROW = 34;
const TOP = 30;
const WIDTH = 360;

/** The request patterns of all sides beside each other, time running down. */
export function Drawings({ sides }: { sides: readonly SideInfo[] }) {
  const lanes = lanesOf(sides.map(({ pattern }) => pattern));
  return (
    <div className={styles.drawings}>
      {sides.map((side) => (
        <figure key={side.name} className={styles.figure}>
          <figcaption>
            <strong>{side.label}</strong>
            <span>{side.says}</span>
            {side.needs && <em>Needs {side.needs}, which is not there: it is left out of the run.</em>}
          </figcaption>
          <Drawing side={side} lanes={lanes} />
        </figure>
      ))}
    </div>
  );
}

function Drawing({ side, lanes }: { side: SideInfo; lanes: readonly string[] }) {
  const arrows = arrowsOf(side.pattern);
  const rows = Math.max(0, ...arrows.map(({ row }) => row)) + 1;
  const height = TOP + rows * ROW + 12;
  const x = (lane: string) => ((lanes.indexOf(lane) + 0.5) / lanes.length) * WIDTH;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={side.pattern.join("; ").replaceAll("->", "to")}
    >
      {lanes.map((lane) => (
        <g key={lane}>
          <text x={x(lane)} y={14} className={styles.lane}>
            {lane}
          </text>
          <line x1={x(lane)} x2={x(lane)} y1={22} y2={height} className={styles.line} />
        </g>
      ))}
      {arrows.map((arrow, index) => (
        <Stroke
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a drawing never change their order
          key={index}
          arrow={arrow}
          from={x(arrow.from)}
          to={x(arrow.to)}
          nth={nthOfRow(arrows, index)}
        />
      ))}
    </svg>
  );
}

/** Many alike are drawn as a few lines and their number. */
function Stroke({ arrow, from, to, nth }: { arrow: Arrow; from: number; to: number; nth: number }) {
  const y = TOP + arrow.row * ROW + 20 + nth * 5;
  const lines = arrow.times > 1 ? [-4, -2, 0, 2, 4] : [0];
  const head = to > from ? -5 : 5;
  const words = arrow.times > 1 ? `${arrow.label} ×${arrow.times}` : arrow.label;
  return (
    <g className={styles.arrow}>
      {lines.map((off) => (
        <line key={off} x1={from} x2={to + head} y1={y + off} y2={y + off} />
      ))}
      <path d={`M${to},${y} l${head},-4 v8 z`} />
      {nth === 0 && words && (
        <text x={Math.min(Math.max((from + to) / 2, 60), WIDTH - 60)} y={y - 7}>
          {words.length > 44 ? `${words.slice(0, 43)}…` : words}
        </text>
      )}
    </g>
  );
}

function nthOfRow(arrows: readonly Arrow[], index: number): number {
  return arrows.slice(0, index).filter(({ row }) => row === arrows[index]?.row).length;
}
