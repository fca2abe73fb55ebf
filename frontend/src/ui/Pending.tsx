import styles from "./Pending.module.css";
import { useSlow } from "./useSlow";

interface Props {
  /** Subject and verb of the note, such as "The flights take". */
  what: string;
}

/** The empty lines of a table while it loads, with a note after a second. */
export function Pending({ what }: Props) {
  const slow = useSlow(true);
  return (
    <div className={styles.pending}>
      <p role="status">{slow ? `${what} a little longer than usual …` : ""}</p>
      <div className="ruled" aria-hidden="true" />
    </div>
  );
}
