import { Failure } from "../../ui/Failure";
import { Pending } from "../../ui/Pending";
import type { Loaded } from "../useCatalogue";
import styles from "./Lab.module.css";

/** The placeholder while the Lab loads, or if the server has no Lab. */
export function NotHere({ loaded }: { loaded: Exclude<Loaded, { state: "here" }> }) {
  if (loaded.state === "loading") return <Pending what="The Lab takes" />;
  if (loaded.state === "failed") return <Failure error={loaded.error} onRetry={loaded.retry} />;
  return (
    <section className={styles.off}>
      <h2>The Lab is off here</h2>
      <p>
        Experiments load a server on purpose, so this one does not run them. On your own machine they run with{" "}
        <code>make run</code>.
      </p>
    </section>
  );
}
