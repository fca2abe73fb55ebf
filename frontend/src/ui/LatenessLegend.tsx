import styles from "./LatenessLegend.module.css";
import { LATENESS_CLASSES } from "./lateness";

/** The one scale of lateness, spelled out. */
export function LatenessLegend() {
  return (
    <ul className={styles.legend} aria-label="Colours of lateness">
      {LATENESS_CLASSES.map(({ lateness, name }) => (
        <li key={lateness}>
          <span
            className={styles.swatch}
            style={{ background: `var(--late-${lateness})` }}
            aria-hidden="true"
          />
          {name}
        </li>
      ))}
    </ul>
  );
}
