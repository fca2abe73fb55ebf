import { flightsInWords } from "../../flights/inWords";
import { usePrinting } from "../../ui/usePrinting";
import styles from "./ListEnd.module.css";

interface Props {
  shown: number;
  hasMore: boolean;
  moreFailed: boolean;
  onRetry: () => void;
}

/** The note under the last row: more flights are loading, loading failed, or the list has ended. */
export function ListEnd({ shown, hasMore, moreFailed, onRetry }: Props) {
  const printing = usePrinting();
  return (
    <div className={styles.end} role="status">
      {moreFailed ? (
        <p key="failed">
          The next flights could not be loaded.{" "}
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </p>
      ) : (
        <p key="words">
          {!hasMore
            ? `That was all: ${flightsInWords(shown)}.`
            : printing
              ? "There are more flights; these are the first ones."
              : "More flights are on their way …"}
        </p>
      )}
    </div>
  );
}
