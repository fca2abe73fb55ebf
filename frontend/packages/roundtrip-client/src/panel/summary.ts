/** The contents of the bar: one action's cost, from a snapshot. */
import type { Action, MemoryHit, RoundTrip, Snapshot, Span } from "../techniques/timing/timing.ts";
import { bytes, count, ms } from "./format.ts";
import { type Amount, amounts, SOURCES, type Source, sourceLabel, uncovered } from "./spans.ts";

export interface Summary {
  label: string;
  /** Requests under way now, of this action or an earlier one. */
  pending: number;
  /** The number of round trips without an answer and of answers that are errors. */
  failed: number;
  paused: boolean;
  roundTrips: number;
  parts: number;
  /** Milliseconds in which at least one of the action's round trips was under way, plus the drawing after the last. */
  ms: number;
  bytes: number;
  /** False when the size of some answer on the wire is unknown: then `bytes` is a lower bound. */
  bytesComplete: boolean;
  answers: Record<Source, number>;
  /** The time of the action's round trips by span, with "unaccounted". */
  amounts: Amount[];
}

/** The cost of the last action, or of the given one; null before anything was recorded. */
export function summarise(snapshot: Snapshot, actionId?: number): Summary | null {
  const action =
    actionId === undefined ? snapshot.actions.at(-1) : snapshot.actions.find(({ id }) => id === actionId);
  if (!action) return null;
  const trips = snapshot.roundTrips.filter((trip) => trip.actionId === action.id);
  const finished = trips.filter((trip): trip is RoundTrip & { end: number } => trip.end !== null);
  const answers: Record<Source, number> = {
    memory: 0,
    browser: 0,
    "304": 0,
    edge: 0,
    "server-cache": 0,
    server: 0,
  };
  const hits = snapshot.memoryHits.filter((hit) => hit.actionId === action.id);
  answers.memory = hits.length;
  const answered = finished.flatMap(answersOf);
  const good = answered.filter(({ status }) => status < 400);
  for (const { source } of good) answers[source] += 1;
  const unanswered = trips.filter(({ state }) => state === "failed").length;
  const render = renderOf(action, trips, hits);
  return {
    label: action.label,
    pending: snapshot.roundTrips.filter(({ state }) => state === "pending").length,
    failed: unanswered + answered.length - good.length,
    paused: snapshot.paused,
    roundTrips: trips.length,
    parts: trips.reduce((sum, { parts }) => sum + parts.length, 0),
    ms: timeWaited(trips, render),
    bytes: finished.reduce((sum, trip) => sum + (trip.bytes.wire ?? 0), 0),
    bytesComplete: finished.every(({ bytes: { wire }, state }) => wire !== null || state === "cancelled"),
    answers,
    amounts: amounts([...finished.flatMap(spansOf), ...render]),
  };
}

/** True if an action has no record: it sent nothing, or recording was paused, or the record was cleared. */
export function isUnrecorded({ roundTrips, answers, pending }: Summary): boolean {
  return roundTrips === 0 && answers.memory === 0 && pending === 0;
}

/** "1× failed", "2× memory": only the sources that answered. */
export function answerWords({ answers, failed }: Pick<Summary, "answers" | "failed">): string[] {
  const sources = SOURCES.filter((source) => answers[source] > 0);
  const words = sources.map((source) => `${answers[source]}× ${sourceLabel(source)}`);
  return failed > 0 ? [`${failed}× failed`, ...words] : words;
}

/** An empty text if no size is known, for example offline: "at least 0 B" would say nothing. */
export function bytesWords(summary: Pick<Summary, "bytes" | "bytesComplete">): string {
  if (summary.bytesComplete) return bytes(summary.bytes);
  return summary.bytes > 0 ? `at least ${bytes(summary.bytes)}` : "";
}

/** One sentence for a screen reader, once the action has settled. */
export function sentence(summary: Summary): string {
  const words = answerWords(summary);
  const answered = words.length > 0 ? `; answers: ${words.join(", ")}` : "";
  return `${summary.label}: ${count(summary.roundTrips, "round trip")}, ${ms(summary.ms)}${answered}.`;
}

/** The drawing after the last answer; undefined while an answer is newer than the last drawing. */
export function renderOf(
  { rendered }: Action,
  trips: readonly { end: number | null }[],
  hits: readonly MemoryHit[],
): Span[] {
  const last = Math.max(
    ...trips.map(({ end }) => end ?? Number.POSITIVE_INFINITY),
    ...hits.map(({ at }) => at),
  );
  if (rendered === null || !Number.isFinite(last) || rendered <= last) return [];
  return [{ name: "render", start: last, end: rendered }];
}

function spansOf({ spans, start, end }: RoundTrip & { end: number }): Span[] {
  return [...spans, ...uncovered(spans, start, end)];
}

/** The answers of a round trip: of a batch, those of its parts, unless it was refused. A cancelled one has none. */
function answersOf(trip: RoundTrip): { source: Source; status: number }[] {
  const isRefused = trip.status !== null && trip.status >= 400;
  const exchanges = trip.kind === "batch" && !isRefused ? trip.parts : [trip];
  return exchanges.flatMap(({ source, status }) => (status === null ? [] : [{ source, status }]));
}

/** The time in which at least one of the ended round trips ran: two that overlap count once. */
export function timeWaited(
  trips: readonly { start: number; end: number | null }[],
  render: readonly Span[],
): number {
  const intervals = [...trips, ...render].flatMap(({ start, end }) => (end === null ? [] : [{ start, end }]));
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { start, end } of intervals.sort((a, b) => a.start - b.start)) {
    covered += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return covered;
}
