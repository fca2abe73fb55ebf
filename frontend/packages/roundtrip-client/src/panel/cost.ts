/** The measured cost of drawing the bar and the panel, which the panel shows too. */
import { useLayoutEffect } from "react";

export const drawing = { ms: 0, times: 0 };

let owner: string | null = null;
let startedAt = 0;

/**
 * Counts the time from this component's render to its layout effect, which runs after the effects of the whole subtree.
 * That is React's work for the subtree, without the browser's layout and paint. A measured component inside another is
 * counted once, by the outer one. (React's Profiler does not report in production builds.)
 */
export function useDrawingCost(name: string): void {
  if (owner === null || owner === name) {
    owner = name;
    startedAt = performance.now();
  }
  useLayoutEffect(() => {
    if (owner !== name) return;
    drawing.ms += performance.now() - startedAt;
    drawing.times += 1;
    owner = null;
  });
}
