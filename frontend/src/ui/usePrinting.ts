import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

/**
 * True while the page is printed. It is drawn anew before the browser takes its picture, so that what is drawn only
 * near the screen can be on the paper too.
 */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  return printing;
}
