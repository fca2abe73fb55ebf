import styles from "../../ui/Notice.module.css";
import { focusFilters } from "./focusFilters";

interface Props {
  what: string;
  action: string;
  onAction: () => void;
}

/** The message for an empty answer, with a button that leads to a result. */
export function Empty({ what, action, onAction }: Props) {
  return (
    <section className={styles.notice} data-kind="empty">
      <h2>{what}</h2>
      <p>Nothing in 2013 fits all of this at once. With fewer filters there will be more to see.</p>
      <button
        type="reset"
        form="filters"
        className={styles.action}
        onClick={() => {
          focusFilters();
          onAction();
        }}
      >
        {action}
      </button>
    </section>
  );
}
