import type { CSSProperties } from "react";
import styles from "./Drawing.module.css";
import { type Bundle, lanesOf, rowsOf } from "./pattern";
import type { SideInfo } from "./types";

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

/** Drawn with HTML elements and not SVG, so that its text keeps its size and wraps on a phone. */
function Drawing({ side, lanes }: { side: SideInfo; lanes: readonly string[] }) {
  const middle = (lane: string) => (lanes.indexOf(lane) + 0.5) / lanes.length;
  return (
    <div
      className={styles.drawing}
      role="img"
      aria-label={side.pattern.join("; ").replaceAll("->", "to")}
      style={places({ lane: 1 / lanes.length })}
    >
      {lanes.map((lane) => (
        <div key={lane} className={styles.lane} style={places({ middle: middle(lane) })}>
          {lane}
        </div>
      ))}
      <div className={styles.rows}>
        {rowsOf(side.pattern).map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a drawing never change their order
          <div key={index} className={styles.row}>
            {row.map((bundle) => (
              <Arrow
                key={`${bundle.from} ${bundle.to}`}
                bundle={bundle}
                from={middle(bundle.from)}
                to={middle(bundle.to)}
                alone={row.length === 1}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

const A_FEW_LINES = [1, 2, 3];

/** Many equal arrows are drawn as a few lines and their number; an arrow within one lane is drawn as a loop. */
function Arrow(props: { bundle: Bundle; from: number; to: number; alone: boolean }) {
  const { bundle, from, to, alone } = props;
  const middle = (from + to) / 2;
  if (from === to) {
    const towards = middle > 0.5 ? "start" : "end";
    return (
      <div className={styles.loop} data-towards={towards} style={places({ middle })}>
        <span className={styles.turn} />
        <span className={styles.label}>{bundle.words}</span>
      </div>
    );
  }
  // Words are centred above their arrow: as wide as the drawing has room, or as the arrow where others stand beside.
  const reach = alone ? Math.min(middle, 1 - middle) : Math.abs(to - from) / 2;
  return (
    <div className={styles.arrow}>
      <span className={styles.words} style={places({ start: middle - reach, length: 2 * reach })}>
        <span className={styles.label}>{bundle.words}</span>
      </span>
      <span
        className={styles.line}
        data-towards={to > from ? "end" : "start"}
        style={places({ start: Math.min(from, to), length: Math.abs(to - from) })}
      >
        {A_FEW_LINES.slice(0, bundle.times).map((line) => (
          <i key={line} />
        ))}
      </span>
    </div>
  );
}

/** Shares of the drawing's width, as custom properties. */
function places(shares: Readonly<Record<string, number>>): CSSProperties {
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [`--${name}`, share]));
}
