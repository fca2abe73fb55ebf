import { useEffect } from "react";
import { useClient } from "./useClient";

/** Tells the timing panel when the screen has shown the data of the last action. */
export function useRendered(shown: unknown): void {
  const { timings } = useClient();
  useEffect(() => {
    if (!shown) return;
    const action = timings.getSnapshot().actions.at(-1);
    if (!action) return;
    const frame = requestAnimationFrame(() => timings.markRender(action.id, performance.now()));
    return () => cancelAnimationFrame(frame);
  }, [shown, timings]);
}
