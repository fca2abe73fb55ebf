/** One sample: a single run of a side and its costs, read from the records that the timing panel shows. */

import type { RoundTrip, Send, TimingStore } from "roundtrip-client";
import { account, problemOf } from "roundtrip-client";
import { LAB } from "./catalogue";
import type { Ask, Side } from "./half";
import type { Measure, Trip } from "./types";

export interface Sample {
  content: unknown;
  measures: Partial<Record<Measure, number>>;
  trips: Trip[];
  /** When each answer was here, a batch's parts one by one: ms from the start, in order. */
  arrivals: number[];
}

/** Sends the request to a side's address on the server. */
export function askOf(
  experiment: string,
  side: string,
  shared: { number: number; send: Send; timings: TimingStore; signal: AbortSignal },
): Ask {
  const { number, send, timings, signal } = shared;
  return {
    ...shared,
    call: timings.call,
    async get(part) {
      const query = part === undefined ? `number=${number}` : `number=${number}&part=${part}`;
      const url = `${LAB}/experiments/${experiment}/${side}?${query}`;
      const answer = await send({ method: "GET", url, headers: {}, signal, call: timings.call() });
      if (answer.status >= 400) throw problemOf(answer);
      return answer.body;
    },
  };
}

/** A side without a half in the browser: one GET of its address. */
export const oneGet: Side = (ask) => ask.get();

export async function sample(side: Side, ask: Ask, label: string): Promise<Sample> {
  const { timings } = ask;
  timings.clear();
  timings.begin(label);
  performance.clearResourceTimings?.(); // the browser keeps 250, and then no more
  const start = performance.now();
  const content = await side(ask);
  const wall = performance.now() - start;
  const roundTrips = await settled(timings, ask.signal);
  const since = (time: number) => Math.max(0, time - start); // a prefetch may have begun before
  return {
    content,
    measures: { wall, ...measuresOf(roundTrips) },
    trips: roundTrips.map(({ url, source, start: from, end, spans }) => ({
      url,
      ...(source === "browser" && { cached: true }),
      start: since(from),
      end: since(end ?? from),
      spans: spans
        .map((span) => ({ ...span, start: since(span.start), end: since(span.end) }))
        .filter((span) => span.end > 0),
    })),
    arrivals: roundTrips
      .flatMap((trip): Pick<RoundTrip, "start" | "end">[] => (trip.parts.length > 0 ? trip.parts : [trip]))
      .map(({ start: from, end }) => since(end ?? from))
      .sort((a, b) => a - b),
  };
}

/** The browser tells of its own measurements in a later task; after this many ms it is not waited for. */
const PATIENCE = 100;

async function settled(timings: TimingStore, signal: AbortSignal): Promise<readonly RoundTrip[]> {
  const watched = typeof PerformanceResourceTiming !== "undefined";
  let until = performance.now() + PATIENCE;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    const roundTrips = timings.getSnapshot().roundTrips.map(withEntry);
    // Requests that a side has left under way are part of its costs.
    const pending = roundTrips.some(({ state }) => state === "pending");
    if (pending) until = performance.now() + PATIENCE;
    const untold = watched && roundTrips.some(({ state, bytes }) => state === "done" && bytes.wire === null);
    if (!pending && (!untold || performance.now() > until)) return roundTrips;
  }
}

/** A static file comes without a rid: its address and its time tell what the browser measured of it. */
function withEntry(trip: RoundTrip): RoundTrip {
  const { url, start, end, rid, bytes } = trip;
  if (rid !== null || end === null) return trip;
  const named = performance.getEntriesByName(new URL(url, location.href).href, "resource");
  // Browsers round these clocks to as much as a millisecond.
  const entry = (named as PerformanceResourceTiming[]).find(
    ({ startTime }) => startTime >= start - 1 && startTime <= end + 1,
  );
  if (!entry) return trip;
  const fromBrowser = entry.transferSize === 0 && entry.decodedBodySize > 0;
  const call = { start, actionId: trip.actionId };
  return {
    ...trip,
    source: fromBrowser ? "browser" : trip.source,
    spans: account({ call, end, marks: {}, phases: entry, claims: [], fromBrowser }),
    bytes: { ...bytes, wire: entry.transferSize },
  };
}

const SERVER = ["server", "cache", "db", "serialize", "compress", "app (other)"];

/** A sum of which a part is not known is left out. */
function measuresOf(all: readonly RoundTrip[]): Partial<Record<Measure, number>> {
  const sent = all.filter(({ source }) => source !== "browser");
  const told = sent.filter(({ freshTiming }) => freshTiming);
  const spent = (names: readonly string[], spans: RoundTrip["spans"]) =>
    spans
      .filter(({ name }) => names.includes(name))
      .reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);
  const step = (name: string) =>
    total(
      told.flatMap(({ spans, parts }) => [spans, ...parts.map((part) => part.spans)]),
      (spans) => spent([name], spans),
    );
  const wires = all.map(({ bytes }) => bytes.wire);
  // A file may be out of the browser's cache: without a rid, only its entry tells.
  const unsure = all.some(({ rid, bytes }) => rid === null && bytes.wire === null);
  const silent = sent.some(({ rid }) => rid === null);
  return {
    ...(!silent && {
      server: total(told, ({ spans }) => spent(SERVER, spans)),
      db: step("db"),
      serialize: step("serialize"),
      compress: step("compress"),
      statements: total(told, ({ statements }) => statements ?? 0),
    }),
    ...(!unsure && { trips: sent.length }),
    ...(!wires.includes(null) && { wire: total(wires, (wire) => wire ?? 0) }),
    decoded: total(all, ({ bytes }) => bytes.decoded ?? 0),
    ...counted("cpu", /\bcpu;dur=([\d.]+)/, told),
    ...counted("queued", /\bqueued;dur=([\d.]+)/, told),
    ...counted("rows", /\brows;desc="(\d+)"/, told),
    ...counted("computations", /\bcomputations;desc="(\d+)"/, told),
    ...counted("calls", /\bcalls;desc="(\d+)"/, told),
  };
}

/** Measures that only the Lab's own answers have; left out if none has them. */
function counted(
  name: Measure,
  pattern: RegExp,
  trips: readonly RoundTrip[],
): Partial<Record<Measure, number>> {
  const found = trips.flatMap(({ responseHeaders }) => {
    const said = pattern.exec(responseHeaders["server-timing"] ?? "")?.[1];
    return said === undefined ? [] : [Number(said)];
  });
  return found.length > 0 ? { [name]: total(found, (value) => value) } : {};
}

function total<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
