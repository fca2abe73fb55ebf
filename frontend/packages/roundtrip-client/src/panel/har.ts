/**
 * A snapshot as an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/): one page for each action, one
 * entry for each finished round trip. Custom fields hold the rest; HAR asks that their names begin with an underscore.
 */
import type { PartRecord, RoundTrip, Snapshot, Span, SpanName } from "../techniques/timing/timing.ts";
import { balance, lookOf } from "./spans.ts";

export interface Har {
  log: {
    version: "1.2";
    creator: { name: string; version: string };
    pages: HarPage[];
    entries: HarEntry[];
    comment: string;
  };
}

interface HarPage {
  startedDateTime: string;
  id: string;
  title: string;
  pageTimings: { onContentLoad: number; onLoad: number };
}

interface NameValue {
  name: string;
  value: string;
}

interface HarTimings {
  blocked: number;
  dns: number;
  /** Contains `ssl`, as the specification asks. */
  connect: number;
  ssl: number;
  send: number;
  wait: number;
  receive: number;
  comment: string;
}

interface HarEntry {
  pageref: string;
  startedDateTime: string;
  time: number;
  request: {
    method: string;
    url: string;
    httpVersion: string;
    cookies: [];
    headers: NameValue[];
    queryString: NameValue[];
    headersSize: number;
    bodySize: number;
  };
  response: {
    status: number;
    statusText: string;
    httpVersion: string;
    cookies: [];
    headers: NameValue[];
    content: { size: number; mimeType: string };
    redirectURL: string;
    headersSize: number;
    bodySize: number;
  };
  cache: Record<string, never>;
  timings: HarTimings;
  _rid: string | null;
  _state: RoundTrip["state"];
  _source: RoundTrip["source"];
  _reason: string;
  _statements: number | null;
  _freshTiming: boolean;
  _spans: HarSpan[];
  _parts: HarPart[];
}

interface HarSpan {
  name: string;
  /** ms since the entry's start. */
  start: number;
  duration: number;
  detail?: string;
}

interface HarPart extends Pick<PartRecord, "id" | "url" | "status" | "source" | "statements" | "bytes"> {
  /** ms since the entry's start. */
  start: number;
  duration: number | null;
  spans: HarSpan[];
}

export interface HarSetting {
  /** The base of relative addresses: location.origin. */
  origin: string;
  version: string;
}

/** Headers that could sign a reader of the file in. They are left out, because a HAR is made to be passed on. */
const SECRET_HEADERS = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-csrf-token",
]);

/** HAR's "not known" and "does not apply". */
const NONE = -1;
/** The fixed number of bytes that Resource Timing adds to every transferSize for the headers. */
const HEADERS = 300;

export function toHar(snapshot: Pick<Snapshot, "actions" | "roundTrips">, setting: HarSetting): Har {
  const finished = snapshot.roundTrips.filter((trip): trip is Finished => trip.end !== null);
  const named = new Set(finished.map(({ actionId }) => actionId));
  return {
    log: {
      version: "1.2",
      creator: { name: "Roundtrip", version: setting.version },
      pages: snapshot.actions
        .filter(({ id }) => named.has(id))
        .map(({ id, label, start, epoch }) => ({
          startedDateTime: clockTime(start + epoch),
          id: pageId(id),
          title: label,
          pageTimings: { onContentLoad: NONE, onLoad: NONE },
        })),
      entries: finished.map((trip) => entry(trip, setting)),
      comment: "Pages are actions. _spans add up to time; _parts are the requests that a batch carried.",
    },
  };
}

type Finished = RoundTrip & { end: number };

function entry(trip: Finished, setting: HarSetting): HarEntry {
  const url = new URL(trip.url, setting.origin);
  return {
    pageref: pageId(trip.actionId),
    startedDateTime: clockTime(trip.start + trip.epoch),
    time: trip.end - trip.start,
    request: {
      method: trip.method,
      url: url.href,
      httpVersion: trip.protocol ?? "unknown",
      cookies: [],
      headers: headers(trip.requestHeaders),
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      headersSize: NONE,
      bodySize: NONE,
    },
    response: {
      status: trip.status ?? 0,
      statusText: "",
      httpVersion: trip.protocol ?? "unknown",
      cookies: [],
      headers: headers(trip.responseHeaders),
      content: { size: trip.bytes.decoded ?? 0, mimeType: mimeType(trip.responseHeaders) },
      redirectURL: "",
      headersSize: NONE,
      bodySize: trip.bytes.wire === null ? NONE : Math.max(0, trip.bytes.wire - HEADERS),
    },
    cache: {},
    timings: timings(trip),
    _rid: trip.rid,
    _state: trip.state,
    _source: trip.source,
    _reason: trip.reason,
    _statements: trip.statements,
    _freshTiming: trip.freshTiming,
    _spans: harSpans(trip.spans, trip.start),
    _parts: trip.parts.map(({ id, url: address, status, source, statements, bytes, start, end, spans }) => ({
      id,
      url: address,
      status,
      source,
      statements,
      bytes,
      start: start - trip.start,
      duration: end === null ? null : end - start,
      spans: harSpans(spans, trip.start),
    })),
  };
}

/** HAR has six phases that add up to the entry's time, so a span without a phase of its own goes to the nearest. */
function timings(trip: Finished): HarTimings {
  const phases = { blocked: 0, dns: NONE, connect: NONE, ssl: NONE, send: 0, wait: 0, receive: 0 };
  for (const { name, ms } of balance(trip).amounts) {
    const phase = phaseOf(name);
    phases[phase] = Math.max(0, phases[phase]) + ms;
    if (name === "tls") phases.ssl = ms;
  }
  return {
    ...phases,
    comment:
      "blocked: waits before sending, and unaccounted time. wait: network and server. receive: download, decode.",
  };
}

function phaseOf(name: SpanName): Exclude<keyof HarTimings, "ssl" | "comment"> {
  if (name === "dns") return "dns";
  if (name === "connect" || name === "tls") return "connect";
  if (name === "request") return "send";
  if (name === "download") return "receive";
  const { family } = lookOf(name);
  if (family === "network" || family === "server") return "wait";
  return family === "browser" ? "receive" : "blocked";
}

function harSpans(spans: readonly Span[], zero: number): HarSpan[] {
  return spans.map(({ name, start, end, detail }) => ({
    name,
    start: start - zero,
    duration: end - start,
    ...(detail === undefined ? {} : { detail }),
  }));
}

function headers(all: Record<string, string>): NameValue[] {
  return Object.entries(all)
    .filter(([name]) => !SECRET_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => ({ name, value }));
}

function mimeType(all: Record<string, string>): string {
  return Object.entries(all).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "x-unknown";
}

function pageId(actionId: number): string {
  return `action_${actionId}`;
}

function clockTime(at: number): string {
  return new Date(at).toISOString();
}
