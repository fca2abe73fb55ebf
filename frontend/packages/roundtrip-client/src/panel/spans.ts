/** The look and the meaning of each named span, and the check that the spans of a round trip add up. */
import type { Source as RequestSource, Span, SpanName } from "../techniques/timing/timing.ts";

/** `memory` is this page's own: an answer for which no request was made. */
export type Source = RequestSource | "memory";

/** Each family has its own thickness and fill of bars, so that no meaning depends on colour alone. */
export type Family = "wait" | "network" | "server" | "browser" | "unaccounted";

interface Look {
  family: Family;
  /** The custom property that holds the colour. */
  colour: string;
  meaning: string;
}

/** In the order in which a request meets them; the legend and every sum keep this order. */
const LOOKS: Record<SpanName, Look> = {
  "batch window": look("wait", "wait", "held back for requests of the same tick, to share one round trip"),
  "waiting for another": look("wait", "wait", "for its turn in a batch, or for a batch that failed"),
  queued: look("wait", "client", "held by the browser before it was sent"),
  dns: look("network", "network", "finding the host's address"),
  connect: look("network", "network", "opening the connection"),
  tls: look("network", "network", "agreeing on encryption"),
  request: look("network", "network", "sending the request"),
  network: look("network", "network", "on the network to the server and back, through any proxies"),
  server: look("server", "server", "in the application"),
  cache: look("server", "cache", "asking the server's response cache"),
  db: look("server", "db", "SQL statements"),
  serialize: look("server", "serialize", "rows to bytes"),
  compress: look("server", "compress", "compressing the answer"),
  "app (other)": look("server", "server", "in the application, outside its named steps"),
  download: look("network", "download", "receiving the answer"),
  "main thread": look("browser", "client", "the answer was here, and the page was busy with other work"),
  decode: look("browser", "decode", "bytes to objects"),
  render: look("browser", "render", "drawing the page with the answer"),
  unaccounted: look("unaccounted", "unaccounted", "time that no measured span covers"),
};

/** Object.keys keeps the order above, but not the type. */
export const SPAN_ORDER = Object.keys(LOOKS) as readonly SpanName[];

export function lookOf(name: SpanName): Look {
  return LOOKS[name];
}

export function spanColour(name: SpanName): string {
  return `var(${lookOf(name).colour})`;
}

/** Nearest first. */
export const REQUEST_SOURCES: readonly RequestSource[] = ["browser", "304", "edge", "server-cache", "server"];
export const SOURCES: readonly Source[] = ["memory", ...REQUEST_SOURCES];

const SOURCE_WORDS: Record<Source, { label: string; meaning: string }> = {
  memory: { label: "memory", meaning: "From this page's memory: no request was made." },
  browser: { label: "browser", meaning: "From the browser's own cache: nothing crossed the network." },
  "304": {
    label: "304",
    meaning: "304 Not Modified: the copy held here was confirmed, and no body was sent.",
  },
  edge: {
    label: "edge cache",
    meaning: "From a cache on the way to the server, which was not asked.",
  },
  "server-cache": {
    label: "server cache",
    meaning: "From the server's response cache: ready bytes, nothing computed.",
  },
  server: { label: "server", meaning: "Made by the server for this request." },
};

export const sourceLabel = (source: Source): string => SOURCE_WORDS[source].label;
export const sourceMeaning = (source: Source): string => SOURCE_WORDS[source].meaning;

export interface Amount {
  name: SpanName;
  ms: number;
}

/** Durations by span name, in the order of SPAN_ORDER. */
export function amounts(spans: Iterable<Pick<Span, "name" | "start" | "end">>): Amount[] {
  const byName = new Map<SpanName, number>();
  for (const { name, start, end } of spans) byName.set(name, (byName.get(name) ?? 0) + (end - start));
  return [...byName]
    .map(([name, ms]) => ({ name, ms }))
    .sort((a, b) => SPAN_ORDER.indexOf(a.name) - SPAN_ORDER.indexOf(b.name));
}

export interface Balance {
  amounts: Amount[];
  sum: number;
  wall: number;
  /** Whether the spans, with "unaccounted", add up to the wall time and do not overlap. */
  holds: boolean;
}

/** The tolerance in milliseconds, for rounding errors of floating point. */
const TOLERANCE_MS = 0.01;

/**
 * Adds the spans up. Time that no span covers is added as "unaccounted". Spans that overlap or stick out are not
 * corrected: the sum then differs from the wall time, and the reader must see the difference.
 */
export function balance({ spans, start, end }: { spans: Span[]; start: number; end: number }): Balance {
  const gaps = uncovered(spans, start, end);
  const all = amounts([...spans, ...gaps]);
  const sum = all.reduce((total, { ms }) => total + ms, 0);
  const wall = end - start;
  return { amounts: all, sum, wall, holds: Math.abs(sum - wall) <= TOLERANCE_MS };
}

/** The stretches of [start, end] that no span covers, as spans of their own. */
export function uncovered(spans: Span[], start: number, end: number): Span[] {
  const gaps: Span[] = [];
  let reached = start;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start - reached > TOLERANCE_MS)
      gaps.push({ name: "unaccounted", start: reached, end: span.start });
    reached = Math.max(reached, span.end);
  }
  if (end - reached > TOLERANCE_MS) gaps.push({ name: "unaccounted", start: reached, end });
  return gaps;
}

function look(family: Family, token: string, meaning: string): Look {
  return { family, colour: `--span-${token}`, meaning };
}
