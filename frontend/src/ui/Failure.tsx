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
      <p>{error.message}</p>
      {onRetry && (
        <button type="button" className={styles.action} onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}
