import { HISTOGRAM_CLASSES, latenessColour } from "../../flights/lateness";
import { whole } from "../../ui/format";
import styles from "./Summary.module.css";

const EARLY = -1;
/** So many flights fill the chart at least: one flight is no tower. */
const FULL = 10;

/** The eleven classes of delay as bars; each item of the list also has its figure. */
export function Histogram({ counts }: { counts: readonly number[] | undefined }) {
  const most = Math.max(FULL, ...(counts ?? []));
  return (
    <figure className={styles.histogram}>
      <figcaption>arrival delay, min</figcaption>
      <ul className={styles.bars} aria-label="Flights by delay at arrival" aria-hidden={!counts}>
        {HISTOGRAM_CLASSES.map(({ from, name }, index) => {
          const count = counts?.[index] ?? 0;
          const words = counts && `${name}: ${whole(count)}`;
          return (
            <li key={name} title={words} data-from={from ?? undefined}>
              <span className="visually-hidden">{words}</span>
              <span
                className={styles.bar}
                aria-hidden="true"
                style={{ blockSize: `${(count / most) * 100}%`, background: latenessColour(from ?? EARLY) }}
              />
            </li>
          );
        })}
      </ul>
      <div className={styles.ticks} aria-hidden="true">
        {HISTOGRAM_CLASSES.map(({ from, name }) => (
          <span key={name}>{from === null ? "" : from < 0 ? `−${-from}` : from}</span>
        ))}
      </div>
    </figure>
  );
}
