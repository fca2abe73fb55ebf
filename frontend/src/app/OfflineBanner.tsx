import styles from "./OfflineBanner.module.css";
import { useOnline } from "./useOnline";

/** Says that the network is gone. The live region always exists, so that a new text in it is announced. */
export function OfflineBanner() {
  const online = useOnline();
  return (
    <div role="status" className={styles.region}>
      {!online && (
        <p className={styles.banner}>
          <strong>You are offline.</strong> Loaded pages are still here; the rest comes when the network does.
        </p>
      )}
    </div>
  );
}
