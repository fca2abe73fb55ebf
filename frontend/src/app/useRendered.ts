import { useEffect } from "react";
import { client } from "./client";

/** Tells the timing panel when the screen has shown what the last action brought. */
export function useRendered(shown: unknown): void {
  useEffect(() => {
    if (!shown) return;
    const action = client.timings.getSnapshot().actions.at(-1);
    if (!action) return;
    const frame = requestAnimationFrame(() => client.timings.markRender(action.id, performance.now()));
    return () => cancelAnimationFrame(frame);
  }, [shown]);
}
