/**
 * The spans of a round trip: named stretches that cover the time from call to data without gaps. Time that no
 * measurement explains is a span "unaccounted", so that the durations always sum to the wall time.
 *
 * Times within the browser come from Resource Timing (https://www.w3.org/TR/resource-timing/), the server's from
 * Server-Timing (https://www.w3.org/TR/server-timing/). The two clocks are never mixed: the server's durations are
 * placed in the time that the browser waited for the server.
 */
import type { Call, Marks } from "../../chain.ts";
import type { Claim } from "../../headers/serverTiming.ts";

export type SpanName =
  | "batch window"
  | "waiting for another"
  | "queued"
  | "dns"
  | "connect"
  | "tls"
  | "request"
  | "network"
  | "server"
  | "cache"
  | "db"
  | "serialize"
  | "compress"
  | "app (other)"
  | "download"
  | "main thread"
  | "decode"
  | "render"
  | "unaccounted";

/** On the clock of performance.now(), in milliseconds. */
export interface Span {
  name: SpanName;
  start: number;
  end: number;
  detail?: string;
}

/** The members of PerformanceResourceTiming that the spans are made of. */
export type Phases = Pick<
  PerformanceResourceTiming,
  | "startTime"
  | "domainLookupStart"
  | "domainLookupEnd"
  | "connectStart"
  | "secureConnectionStart"
  | "connectEnd"
  | "requestStart"
  | "responseStart"
  | "responseEnd"
>;

export interface Measured {
  call: Call;
  end: number;
  marks: Marks;
  /** Null until the browser reports its measurement, and in browsers without one. */
  phases: Phases | null;
  claims: readonly Claim[];
  /** When the page read the line with this answer, and decoded it; for a whole batch, its last line. */
  line?: { arrived: number; decoded: number } | undefined;
  /** True: the answer is from the browser's cache, and nothing was sent. */
  fromBrowser?: boolean;
}

/** A page that runs other scripts cannot read what the browser has received. */
const BUSY = "the page was busy with other work";

export function account({ call, end, marks, phases, claims, line, fromBrowser }: Measured): Span[] {
  const book = openBook(call.start, end);
  const asked = call.waited?.until ?? call.window ?? call.start;
  book.add("batch window", call.start, call.window ?? call.start);
  if (call.waited)
    book.add("waiting for another", call.window ?? call.start, call.waited.until, call.waited.why);

  const began = phases?.startTime ?? marks.sent ?? asked;
  const sent = phases ? phases.requestStart || began : began;
  const firstByte = phases?.responseStart || marks.headers || end;
  const lastByte = phases?.responseEnd || marks.received || end;

  book.add("request", asked, began);
  if (fromBrowser) {
    book.add("request", began, lastByte, "read from the browser's cache");
  } else {
    if (phases) addConnection(book, phases);
    const waitedUntil = line ? Math.min(line.arrived, lastByte) : firstByte;
    addWait(
      book,
      sent,
      Math.min(waitedUntil, end),
      claims,
      phases ? undefined : "with the browser's queue and connection",
    );
    if (!line) book.add("download", waitedUntil, lastByte);
  }
  if (line) {
    book.add("main thread", lastByte, line.arrived, BUSY);
    book.add("decode", line.arrived, line.decoded);
    book.add("download", line.decoded, lastByte);
  } else if (marks.received !== undefined && marks.decoded !== undefined) {
    if (phases) book.add("main thread", lastByte, marks.received, BUSY);
    book.add("decode", marks.received, marks.decoded);
  }
  return book.close();
}

/** A reused connection has empty phases; then the time before requestStart is the browser's own queue. */
function addConnection(book: Book, phases: Phases): void {
  const secure = phases.secureConnectionStart || phases.connectEnd;
  book.add("queued", phases.startTime, phases.domainLookupStart);
  book.add("dns", phases.domainLookupStart, phases.domainLookupEnd);
  book.add("connect", phases.connectStart, secure);
  book.add("tls", secure, phases.connectEnd);
  book.add("queued", phases.connectEnd, phases.requestStart);
}

/**
 * The time from request to answer consists of the server's claims and the network before and after them. Only the sum
 * of the two ways is known, so each way gets half of it. Claims longer than the whole time are not used.
 */
function addWait(book: Book, from: number, to: number, claims: readonly Claim[], note?: string): void {
  const claimed = claims.reduce((sum, claim) => sum + claim.ms, 0);
  const rest = to - from - claimed;
  if (rest < 0) {
    const detail = `the server claims ${claimed.toFixed(2)} ms, more than the ${Math.max(0, to - from).toFixed(2)} ms waited`;
    book.add("unaccounted", from, to, detail);
    return;
  }
  const way = claimed > 0 ? "there and back, halved: only the sum is known" : undefined;
  const detail = [way, note].filter(Boolean).join("; ") || undefined;
  let at = from + (claimed > 0 ? rest / 2 : rest);
  book.add("network", from, at, detail);
  for (const claim of claims) {
    book.add(claim.name, at, at + claim.ms, claim.detail);
    at += claim.ms;
  }
  book.add("network", at, to, detail);
}

interface Book {
  add(name: SpanName, from: number, to: number, detail?: string): void;
  close(): Span[];
}

/**
 * Spans follow each other without gaps: an overlap is cut, and a gap becomes "unaccounted". Times are rounded to
 * 1/1024 ms, which floating point adds up exactly.
 */
function openBook(start: number, end: number): Book {
  const spans: Span[] = [];
  const last = exact(end);
  let at = exact(start);
  const lay = (name: SpanName, to: number, detail?: string) => {
    if (to <= at) return;
    spans.push(detail === undefined ? { name, start: at, end: to } : { name, start: at, end: to, detail });
    at = to;
  };
  return {
    add(name, from, to, detail) {
      const until = Math.min(exact(to), last);
      if (until <= Math.max(at, exact(from))) return;
      lay("unaccounted", Math.min(exact(from), last));
      lay(name, until, detail);
    },
    close() {
      lay("unaccounted", last);
      return spans;
    },
  };
}

export function exact(ms: number): number {
  return Math.round(ms * 1024) / 1024;
}
