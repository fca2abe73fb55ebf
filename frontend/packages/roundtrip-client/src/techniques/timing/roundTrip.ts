/** Turns the data about an exchange so far into the record that the panel shows. */

import type { Answer, Line, Marks, Request } from "../../chain.ts";
import { cachedBy } from "../../headers/cacheStatus.ts";
import { type Claim, readPartTiming, type ServerTiming } from "../../headers/serverTiming.ts";
import { explain } from "./reasons.ts";
import { account, exact, type Span } from "./spans.ts";

/** The source of an answer; `edge` is a cache on the way, `browser` the browser's HTTP cache. */
export type Source = "server" | "server-cache" | "edge" | "304" | "browser";

export interface RoundTrip {
  id: number;
  actionId: number;
  /** Date.now() minus performance.now() at the start: only Date.now() goes on while a computer sleeps. */
  epoch: number;
  rid: string | null;
  /** The ALPN name, such as "h2" or "http/1.1"; null if the browser has not reported it. */
  protocol: string | null;
  kind: "single" | "batch";
  method: string;
  url: string;
  /** From the call to the data; on the clock of performance.now(). */
  start: number;
  end: number | null;
  state: "pending" | "done" | "failed" | "cancelled";
  status: number | null;
  /** Of a single request; the parts of a batch have their own. */
  source: Source;
  /** The reason of the wait, in words. */
  reason: string;
  /** Each begins where the one before ends, from start to end, so that they sum to the wall time exactly. */
  spans: Span[];
  statements: number | null;
  /** On the wire: counted by Resource Timing, which takes 300 bytes for any headers. */
  bytes: { wire: number | null; decoded: number | null };
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string>;
  parts: PartRecord[];
  /** False while a Server-Timing may be a replay from the browser's cache; then it is not shown. */
  freshTiming: boolean;
}

export interface PartRecord {
  id: string;
  url: string;
  start: number;
  end: number | null;
  status: number | null;
  source: Source;
  spans: Span[];
  statements: number | null;
  bytes: number | null;
}

/** The data so far; it grows during the exchange. */
export interface Draft {
  readonly id: number;
  readonly actionId: number;
  readonly epoch: number;
  readonly request: Request;
  readonly marks: Marks;
  readonly lines: Map<string, Line>;
  /** Whether the browser will report its measurement. */
  readonly watched: boolean;
  state: RoundTrip["state"];
  isNew: boolean;
  end?: number;
  answer?: Answer;
  timing?: ServerTiming;
  /** Whether this page has seen the rid before. */
  isReplay?: boolean;
  entry?: PerformanceResourceTiming;
}

export function roundTripOf(draft: Draft): RoundTrip {
  const { request, answer, entry, marks } = draft;
  const parts = [...(request.parts ?? [])].map(([id, part]) => partOf(draft, id, part));
  const kind = request.parts ? "batch" : "single";
  const fromBrowser = isFromBrowser(draft);
  const freshTiming = draft.timing?.rid != null && !fromBrowser && isConfirmed(draft);
  const claims =
    kind === "batch" ? claimOfAll(draft, parts) : freshTiming ? (draft.timing?.claims ?? []) : [];
  const end = draft.end === undefined ? null : exact(draft.end);
  const spans =
    end === null
      ? []
      : account({
          call: request.call,
          end,
          marks,
          phases: entry ?? null,
          claims,
          line: lastLine(draft),
          fromBrowser,
        });
  const source = fromBrowser ? "browser" : wasRevalidatedByBrowser(draft) ? "304" : sourceOf(answer);
  const statements = kind === "batch" ? total(parts) : freshTiming ? statementsOf(draft) : null;
  const trip = {
    id: draft.id,
    actionId: draft.actionId,
    epoch: draft.epoch,
    rid: draft.timing?.rid ?? null,
    protocol: entry?.nextHopProtocol || null,
    kind,
    method: request.method,
    url: request.url,
    start: exact(request.call.start),
    end,
    state: draft.state,
    status: answer?.status ?? null,
    source,
    spans,
    statements,
    bytes: { wire: entry?.transferSize ?? null, decoded: marks.bytes ?? null },
    requestHeaders: { ...request.headers },
    responseHeaders: { ...answer?.headers },
    parts,
    freshTiming,
  } satisfies Omit<RoundTrip, "reason">;
  return { ...trip, reason: explain(trip) };
}

function partOf(draft: Draft, id: string, { call, url }: Request): PartRecord {
  const line = draft.lines.get(id);
  const empty = { id, url, start: exact(call.start), end: null, status: null, statements: null, bytes: null };
  if (!line) return { ...empty, source: "server", spans: [] };
  const { timing, ...answer } = line.value as Answer & { timing?: unknown };
  const { claims, statements } = readPartTiming(timing);
  const end = exact(line.decoded);
  const spans = account({ call, end, marks: draft.marks, phases: draft.entry ?? null, claims, line });
  return {
    ...empty,
    end,
    status: answer.status,
    source: sourceOf(answer),
    spans,
    statements,
    bytes: line.bytes,
  };
}

/** The parts run side by side, so the server is one span, which ends with the last part. */
function claimOfAll(draft: Draft, parts: readonly PartRecord[]): Claim[] {
  const ends = [...draft.lines.values()].map(({ value }) => {
    const { start, app } = readPartTiming((value as { timing?: unknown }).timing);
    return start + app;
  });
  const ms = Math.max(0, ...ends);
  return ms > 0 ? [{ name: "server", ms, detail: `${parts.length} parts, side by side` }] : [];
}

function lastLine({ lines }: Draft): Line | undefined {
  return [...lines.values()].at(-1);
}

function total(parts: readonly PartRecord[]): number | null {
  const known = parts.flatMap((part) => part.statements ?? []);
  return known.length > 0 ? known.reduce((sum, count) => sum + count, 0) : null;
}

/** Zero for an answer from a cache on the way, which asks no database. */
function statementsOf({ timing, answer }: Draft): number | null {
  return timing?.statements ?? (cachedBy(answer?.headers) === "edge" ? 0 : null);
}

/** The browser's cache can answer only a plain GET: a request with a validator of ours goes past it. */
function mayBeFromBrowser({ request }: Draft): boolean {
  return request.method === "GET" && !("If-None-Match" in request.headers);
}

function isFromBrowser(draft: Draft): boolean {
  if (!mayBeFromBrowser(draft)) return false;
  return draft.isReplay === true || (draft.entry?.transferSize === 0 && draft.entry.decodedBodySize > 0);
}

/** Whether the Server-Timing certainly belongs to this exchange. */
function isConfirmed(draft: Draft): boolean {
  return draft.entry !== undefined || !draft.watched || !mayBeFromBrowser(draft);
}

/** Whether the browser sent a validator of its own and got a 304: the body is its own copy. */
function wasRevalidatedByBrowser({ entry }: Draft): boolean {
  if (entry === undefined || entry.transferSize === 0) return false;
  const { deliveryType } = entry as { deliveryType?: string }; // not in every browser yet
  return deliveryType === "cache" || entry.transferSize < entry.encodedBodySize;
}

function sourceOf(answer: Answer | undefined): Source {
  if (answer?.status === 304) return "304";
  return cachedBy(answer?.headers) ?? "server";
}
