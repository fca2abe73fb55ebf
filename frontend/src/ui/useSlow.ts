import { useEffect, useState } from "react";

/** The milliseconds before a note: an earlier note would distract, a later one would leave the reader without a word. */
const SLOW_MS = 1000;

/** True when something has been pending for longer than that. */
export function useSlow(pending: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!pending) return;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [pending]);
  return slow;
}
