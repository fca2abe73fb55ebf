import { ProblemError } from "roundtrip-client";
import styles from "./Notice.module.css";

interface Props {
  error: Error;
  heading?: string;
  onRetry?: () => void;
}

/** An error in place of an answer: the cause, in the server's words if it gave any, and a button to try again. */
export function Failure({ error, heading = "This could not be loaded", onRetry }: Props) {
  return (
    <section className={styles.notice} role="alert" data-kind="failure">
      <h2>{heading}</h2>
      <p>{wordsFor(error)}</p>
      {onRetry && (
        <button type="button" className={styles.action} onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}

function wordsFor(error: Error): string {
  const isOffline = error instanceof ProblemError && error.kind === "offline";
  return isOffline ? "You are offline. This loads when the network is back." : error.message;
}
