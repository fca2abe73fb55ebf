/** Made-up records for tests: a page load, an answer from memory, and a flight opened. */

import type { Timings } from "../../src/panel/TimingsContext.tsx";
import type {
  Action,
  PartRecord,
  RoundTrip,
  Snapshot,
  Span,
  SpanName,
} from "../../src/techniques/timing/timing.ts";

/** The time at which the page of these records was loaded. */
const EPOCH = Date.UTC(2013, 0, 1);

/** spansFrom(10, ["network", 5], ["decode", 1]): spans end to end, from 10 on. */
export function spansFrom(
  start: number,
  ...lengths: [name: SpanName, ms: number, detail?: string][]
): Span[] {
  let at = start;
  return lengths.map(([name, ms, detail]) => {
    const span: Span = { name, start: at, end: at + ms, ...(detail === undefined ? {} : { detail }) };
    at += ms;
    return span;
  });
}

export function anAction(over: Partial<Action> = {}): Action {
  return { id: 1, label: "page load", start: 0, epoch: EPOCH, rendered: null, ...over };
}

export function aTrip(over: Partial<RoundTrip> = {}): RoundTrip {
  const start = over.start ?? 10;
  const spans =
    over.spans ??
    spansFrom(
      start,
      ["queued", 1.2],
      ["network", 14.1],
      ["cache", 0.1, "miss"],
      ["db", 6.4, "1 statement"],
      ["serialize", 0.8],
      ["compress", 0.6],
      ["app (other)", 0.3],
      ["download", 2.2],
      ["decode", 0.9],
      ["unaccounted", 0.4],
    );
  return {
    id: 1,
    actionId: 1,
    epoch: EPOCH,
    rid: "8f2c1a90",
    protocol: "h2",
    kind: "single",
    method: "GET",
    url: "/api/v1/flights?fields=id,carrier&limit=50&origin=JFK",
    start,
    end: spans.at(-1)?.end ?? start,
    state: "done",
    status: 200,
    source: "server",
    reason: "Nothing held here could answer, and the server had to ask the database.",
    spans,
    statements: 1,
    bytes: { wire: 4210, decoded: 18_730 },
    requestHeaders: { accept: "application/json" },
    responseHeaders: { "content-type": "application/json", etag: 'W/"5d41402a"' },
    parts: [],
    freshTiming: true,
    ...over,
  };
}

export function aPart(over: Partial<PartRecord> = {}): PartRecord {
  const start = over.start ?? 60;
  const spans =
    over.spans ?? spansFrom(start, ["batch window", 2], ["network", 12], ["db", 3], ["decode", 0.5]);
  return {
    id: "1",
    url: "/api/v1/flights/123?fields=id",
    start,
    end: spans.at(-1)?.end ?? start,
    status: 200,
    source: "server",
    spans,
    statements: 1,
    bytes: 640,
    ...over,
  };
}

export function aBatch(over: Partial<RoundTrip> = {}): RoundTrip {
  const start = over.start ?? 60;
  return aTrip({
    id: 2,
    actionId: 2,
    kind: "batch",
    method: "POST",
    url: "/api/v1/batch",
    start,
    reason: "Three requests of the same tick shared one round trip.",
    spans: spansFrom(
      start,
      ["batch window", 2],
      ["network", 12],
      ["server", 6],
      ["download", 1.5],
      ["decode", 0.5],
    ),
    parts: [
      aPart({ id: "1", start }),
      aPart({
        id: "2",
        start,
        url: "/api/v1/airlines/UA?fields=name",
        source: "server-cache",
        statements: 0,
      }),
      aPart({
        id: "3",
        start,
        url: "/api/v1/airports/JFK?fields=name",
        source: "304",
        status: 304,
        bytes: 0,
      }),
    ],
    ...over,
  });
}

export function aSnapshot(over: Partial<Snapshot> = {}): Snapshot {
  return {
    actions: [anAction(), anAction({ id: 2, label: "open flight 123", start: 58 })],
    roundTrips: [aTrip(), aBatch()],
    memoryHits: [
      { actionId: 2, at: 59, key: "airlines carrier, name", reason: "Held and fresh for 52 s more." },
    ],
    paused: false,
    overhead: { ms: 0.42, records: 12 },
    ...over,
  };
}

/** A store with a `set` for the test; `steered` records the calls. */
export function aStore(snapshot: Snapshot): Timings & { set: (next: Snapshot) => void; steered: string[] } {
  let current = snapshot;
  const listeners = new Set<() => void>();
  const steered: string[] = [];
  const set = (next: Snapshot) => {
    current = next;
    for (const listener of listeners) listener();
  };
  return {
    set,
    steered,
    getSnapshot: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pause: (on) => {
      steered.push(on ? "pause" : "resume");
      set({ ...current, paused: on });
    },
    clear: () => {
      steered.push("clear");
      set({ ...current, actions: [], roundTrips: [], memoryHits: [] });
    },
  };
}
