/** The store that the bar and the panel read, and a snapshot of it at most once a frame. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import type { Snapshot, SpanName, TimingStore } from "../techniques/timing/timing.ts";

/** The part of the store that the panel uses; only the client records. */
export type Timings = Pick<TimingStore, "subscribe" | "getSnapshot" | "pause" | "clear">;

/** A link from a span to what explains it. */
export interface Lead {
  label: string;
  href: string;
}

/** By the name of the span. */
export type Leads = Partial<Record<SpanName, readonly Lead[]>>;
export type LoadLeads = () => Promise<Leads>;

const TimingsContext = createContext<Timings | null>(null);
const LeadsContext = createContext<LoadLeads | undefined>(undefined);

interface ProviderProps {
  store: Timings;
  leads?: LoadLeads | undefined;
  children: ReactNode;
}

export function TimingsProvider({ store, leads, children }: ProviderProps) {
  return (
    <TimingsContext value={store}>
      <LeadsContext value={leads}>{children}</LeadsContext>
    </TimingsContext>
  );
}

/** Where spans lead, asked for when the first of them is shown; nowhere until that is known, or if it cannot be. */
export function useLeads(): Leads {
  const load = useContext(LeadsContext);
  const [leads, setLeads] = useState<Leads>({});
  useEffect(() => {
    let left = false;
    load?.().then(
      (loaded) => !left && setLeads(loaded),
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [load]);
  return leads;
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
