import styles from "./Pending.module.css";
import { useSlow } from "./useSlow";

interface Props {
  /** What takes long, with its verb: "The flights take". */
  what: string;
}

/** The empty lines of a table that is on its way; after a second a word, so that nobody wonders. */
export function Pending({ what }: Props) {
  const slow = useSlow(true);
  return (
    <div className={styles.pending}>
      <p role="status">{slow ? `${what} a little longer than usual …` : ""}</p>
      <div className="ruled" aria-hidden="true" />
    </div>
  );
}
