import type { Measure } from "../../flights/filters/filters";
import styles from "./Legend.module.css";
import { rulesOf } from "./measures";

/** The legend of the scale of lateness for a measure, and the method of its intervals. */
export function Legend({ measure }: { measure: Measure }) {
  const { legend, interval, unit } = rulesOf(measure);
  return (
    <>
      <ul key={measure} className={styles.legend} aria-label="Colours of lateness">
        {legend.map((name, lateness) => (
          <li key={name}>
            <span
              className={styles.swatch}
              style={{ background: `var(--late-${lateness})` }}
              aria-hidden="true"
            />
            {name}
          </li>
        ))}
      </ul>
      <p key={`${measure} interval`} className={styles.method}>
        {interval
          ? `Whiskers are 95% intervals (${unit === "min" ? "Student’s t" : "Wilson’s method"}), as if flights were independent.`
          : "Told from the classes of the histogram, so without an interval."}
      </p>
    </>
  );
}
