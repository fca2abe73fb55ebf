import { ProblemError } from "roundtrip-client";
import styles from "./Notice.module.css";

interface Props {
  error: Error;
  heading?: string;
  onRetry?: () => void;
}

/** An error where its answer would have stood: what happened, in the server's words where it gave any, and a way on. */
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
  return isOffline ? "You are offline. It will come when the network does." : error.message;
}
