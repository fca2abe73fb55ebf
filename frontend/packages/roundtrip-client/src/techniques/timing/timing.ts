/**
 * A record of every round trip, whose spans sum to the wall time, and of every answer from memory.
 *
 * A store without a framework: subscribe and getSnapshot fit useSyncExternalStore. Snapshots are immutable and share
 * unchanged parts. At most 500 round trips are kept. The cost of the recording itself is in `overhead`.
 */

import type { Answer, Call, Line, Marks, Request, Step } from "../../chain.ts";
import { readServerTiming } from "../../headers/serverTiming.ts";
import { type WatchResources, watchResources } from "./resourceTiming.ts";
import { type Draft, type PartRecord, type RoundTrip, roundTripOf, type Source } from "./roundTrip.ts";
import type { Span, SpanName } from "./spans.ts";

export type { PartRecord, RoundTrip, Source, Span, SpanName };

/** An action of the user, which causes round trips. */
export interface Action {
  id: number;
  label: string;
  start: number;
  /** The same as in a round trip. */
  epoch: number;
  /** The time when the screen last showed the action's data; null until markRender. */
  rendered: number | null;
}

/** An answer from memory, without a request. */
export interface MemoryHit {
  actionId: number;
  at: number;
  key: string;
  reason: string;
}

export interface Snapshot {
  actions: readonly Action[];
  roundTrips: readonly RoundTrip[];
  memoryHits: readonly MemoryHit[];
  paused: boolean;
  /** The cost of the measurement. */
  overhead: { ms: number; records: number };
}

export interface TimingStore {
  /** Begins an action: later requests belong to it. */
  begin(label: string): Action;
  subscribe(listener: () => void): () => void;
  getSnapshot(): Snapshot;
  pause(on: boolean): void;
  clear(): void;
  markRender(actionId: number, end: number): void;
  /** For the client's own steps: a call begins, an answer comes from memory, an exchange begins. */
  call(): Call & { actionId: number };
  hit(key: string, reason: string): void;
  open(request: Request): Recording | null;
}

export interface Recording {
  marks: Marks;
  line(line: Line): void;
  close(answer: Answer): void;
  fail(state: "failed" | "cancelled"): void;
}

/** The step that records every exchange. */
export function timed(timings: TimingStore = createTimings()): Step & { timings: TimingStore } {
  const step: Step = (next) => async (request) => {
    const recording = timings.open(request);
    if (!recording) return next(request);
    const { onLine } = request;
    const heard = onLine && {
      onLine: (line: Line) => {
        recording.line(line);
        onLine(line);
      },
    };
    try {
      const answer = await next({ ...request, ...heard, marks: recording.marks });
      recording.close(answer);
      return answer;
    } catch (error) {
      recording.fail(request.signal?.aborted ? "cancelled" : "failed");
      throw error;
    }
  };
  return Object.assign(step, { timings });
}

const MOST = 500;

export function createTimings(watch: WatchResources = watchResources): TimingStore {
  // The page load is the first action, and began with the clock.
  let action: Action = { id: 1, label: "page load", start: 0, epoch: performance.timeOrigin, rendered: null };
  let snapshot: Snapshot = {
    actions: [action],
    roundTrips: [],
    memoryHits: [],
    paused: false,
    overhead: { ms: 0, records: 0 },
  };
  let trips = 0;
  let notifying = false;
  const listeners = new Set<() => void>();
  const seen = new Set<string>();
  const unmatched: Draft[] = [];
  const early: PerformanceResourceTiming[] = [];

  const watched = watch((entry) => recorded(() => matchEntry(entry)));

  function update(change: Partial<Snapshot>): void {
    snapshot = { ...snapshot, ...change };
    if (notifying) return;
    notifying = true;
    queueMicrotask(() => {
      notifying = false;
      for (const listener of listeners) listener();
    });
  }

  /** Runs a recording function, and adds its time to the cost of the measurement. */
  function recorded(record: () => void): void {
    const began = performance.now();
    record();
    const { ms, records } = snapshot.overhead;
    update({ overhead: { ms: ms + performance.now() - began, records: records + 1 } });
  }

  function put(draft: Draft): void {
    const trip = roundTripOf(draft);
    const { roundTrips } = snapshot;
    const at = roundTrips.findLastIndex((known) => known.id === trip.id);
    if (at >= 0) update({ roundTrips: roundTrips.with(at, trip) });
    else if (draft.isNew) update({ roundTrips: latest([...roundTrips, trip]) });
    draft.isNew = false; // a record that was cleared meanwhile does not come back
  }

  function finish(draft: Draft): void {
    draft.end = dataWasHere(draft) ?? performance.now();
    draft.timing = readServerTiming(draft.answer?.headers["server-timing"]);
    const { rid } = draft.timing;
    if (rid !== null) {
      draft.isReplay = seen.has(rid);
      remember(seen, rid);
      const entry = early.findLast((candidate) => isEntryOf(candidate, draft));
      if (entry) draft.entry = entry;
      else keep(unmatched, draft);
    }
    put(draft);
  }

  function matchEntry(entry: PerformanceResourceTiming): void {
    const draft = unmatched.find((candidate) => isEntryOf(entry, candidate));
    if (!draft) {
      keep(early, entry); // the entry may come before the answer has been read
      return;
    }
    unmatched.splice(unmatched.indexOf(draft), 1);
    draft.entry = entry;
    put(draft);
  }

  return {
    begin(label) {
      action = { id: action.id + 1, label, start: performance.now(), epoch: epoch(), rendered: null };
      update({ actions: latest([...snapshot.actions, action]) });
      return action;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
    pause: (paused) => update({ paused }),
    clear: () =>
      update({ actions: [action], roundTrips: [], memoryHits: [], overhead: { ms: 0, records: 0 } }),
    markRender(actionId, end) {
      const actions = snapshot.actions.map((known) =>
        known.id === actionId ? { ...known, rendered: Math.max(end, known.rendered ?? end) } : known,
      );
      update({ actions });
    },

    call: () => ({ start: performance.now(), actionId: action.id }),
    hit(key, reason) {
      if (snapshot.paused) return;
      recorded(() => {
        const hit = { actionId: action.id, at: performance.now(), key, reason };
        update({ memoryHits: latest([...snapshot.memoryHits, hit]) });
      });
    },
    open(request) {
      if (snapshot.paused) return null;
      trips += 1;
      const draft: Draft = {
        id: trips,
        actionId: request.call.actionId ?? action.id,
        epoch: epoch(),
        request,
        watched,
        marks: {},
        lines: new Map(),
        state: "pending",
        isNew: true,
      };
      recorded(() => put(draft));
      return {
        marks: draft.marks,
        line: (line) =>
          recorded(() => {
            const id = (line.value as { id?: unknown } | null)?.id;
            if (typeof id === "string") draft.lines.set(id, line);
          }),
        close: (answer) =>
          recorded(() => {
            draft.answer = answer;
            draft.state = "done";
            finish(draft);
          }),
        fail: (state) =>
          recorded(() => {
            draft.state = state;
            finish(draft);
          }),
      };
    },
  };
}

const epoch = () => Date.now() - performance.now();

/** The arrival of a batch's last part. Nobody waits for the end of the stream after it. */
function dataWasHere({ lines, request }: Draft): number | undefined {
  const all = [...lines.values()];
  return request.parts && all.length === request.parts.size ? all.at(-1)?.decoded : undefined;
}

/** Whether the entry has the same rid and lies in the time of this exchange: a replay has an earlier exchange's rid. */
function isEntryOf(entry: PerformanceResourceTiming, { timing, request, end }: Draft): boolean {
  const rid = entry.serverTiming.find((metric) => metric.name === "rid")?.description;
  // Browsers round these clocks to as much as a millisecond.
  return (
    rid === timing?.rid && entry.startTime >= request.call.start - 1 && entry.startTime <= (end ?? 0) + 1
  );
}

function latest<T>(all: T[]): T[] {
  return all.length > MOST ? all.slice(-MOST) : all;
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > 100) list.shift();
}

function remember(seen: Set<string>, rid: string): void {
  seen.add(rid);
  const oldest = seen.values().next().value;
  if (seen.size > 10 * MOST && oldest !== undefined) seen.delete(oldest);
}
