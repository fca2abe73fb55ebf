/** The store that the bar and the panel read, and a snapshot of it at most once a frame. */
import { createContext, type ReactNode, useCallback, useContext, useSyncExternalStore } from "react";
import type { Snapshot, TimingStore } from "../techniques/timing/timing.ts";

/** The part of the store that the panel uses; only the client records. */
export type Timings = Pick<TimingStore, "subscribe" | "getSnapshot" | "pause" | "clear">;

const TimingsContext = createContext<Timings | null>(null);

export function TimingsProvider({ store, children }: { store: Timings; children: ReactNode }) {
  return <TimingsContext value={store}>{children}</TimingsContext>;
}

export function useTimings(): Timings {
  const store = useContext(TimingsContext);
  if (!store) throw new Error("useTimings needs a <TimingsProvider> above it");
  return store;
}

/** A batch of twenty parts changes the store about forty times; one drawing for each frame is enough. */
export function useSnapshot({ subscribe, getSnapshot }: Timings): Snapshot {
  const subscribePerFrame = useCallback(
    (changed: () => void) => {
      let frame = 0;
      const unsubscribe = subscribe(() => {
        frame ||= requestAnimationFrame(() => {
          frame = 0;
          changed();
        });
      });
      return () => {
        cancelAnimationFrame(frame);
        unsubscribe();
      };
    },
    [subscribe],
  );
  return useSyncExternalStore(subscribePerFrame, getSnapshot);
}
