import styles from "./Feel.module.css";
import { inMs, type Recording } from "./race";

/** One side's squares, filled up to a time of its recording, and its clock, which stops when the side was ready. */
export function Board({ recording: { label, ready, fills }, at }: { recording: Recording; at: number }) {
  const full = fills.filter((time) => time <= at).length;
  const isReady = at >= ready;
  const last = fills.at(-1) ?? 0;
  return (
    <figure className={styles.board} data-ready={isReady}>
      <figcaption>{label}</figcaption>
      <div
        className={styles.squares}
        role="img"
        aria-label={`${label}: ${full} of ${fills.length} squares are full`}
      >
        {fills.map((_, square) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a square is its place
          <span key={square} data-full={square < full} />
        ))}
      </div>
      <p className={styles.clock}>{inMs(isReady ? ready : at)}</p>
      {at >= last && last > ready + 1 && <p className={styles.rest}>The rest came after {inMs(last)}.</p>}
    </figure>
  );
}
