import { useEffect, useState } from "react";
import styles from "./CopyButton.module.css";

const SAID_MS = 4000;

/** Copies a text, and says whether the browser let it be copied. `what` completes "Copy ...". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () =>
    setSaid((await isCopied(text)) ? "Copied." : "The browser did not let it be copied: select it.");
  return (
    <span className={styles.copy}>
      <span role="status">{said}</span>
      <button type="button" onClick={copy} aria-label={`Copy ${what}`}>
        Copy
      </button>
    </span>
  );
}

/** False where the browser refuses, or has no clipboard for this page: http from elsewhere. */
export async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
