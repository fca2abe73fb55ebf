import { useEffect, useState } from "react";

/** Long enough that a note before it would be noise, short enough that nobody wonders. */
const SLOW_MS = 1000;

/** True once something has been pending for so long that a person deserves a word about it. */
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
