/** The reason of a wait in words: how the request was sent, who answered, and which span took longest. */
import { type Cache, cachedBy, wasStale } from "../../headers/cacheStatus.ts";
import type { RoundTrip } from "./roundTrip.ts";
import type { Span } from "./spans.ts";

export function explain(trip: Omit<RoundTrip, "reason">): string {
  return [asked(trip), answered(trip), longest(trip.spans)].filter(Boolean).join("; ");
}

function asked({ kind, parts, spans }: Omit<RoundTrip, "reason">): string {
  const held = spans.find((span) => span.name === "waiting for another");
  if (held) return `asked alone, after ${held.detail ?? "another"}`;
  return kind === "batch" ? `${parts.length} asked in the same tick` : "alone in its tick";
}

function answered({
  state,
  kind,
  parts,
  status,
  source,
  responseHeaders,
  statements,
}: Omit<RoundTrip, "reason">) {
  if (state === "pending") return "under way";
  if (state === "cancelled") return "cancelled: nobody waits for it any more";
  if (state === "failed") return "no answer came";
  if (status !== null && status >= 400) return `refused with ${status}`;
  if (kind === "batch") return `${parts.filter((part) => part.end !== null).length} answered`;
  if (source === "browser") return "the browser had a fresh copy";
  const cache = cachedBy(responseHeaders);
  if (source === "304") return `${cache === "edge" ? ON_THE_WAY : "the server"} confirmed the answer in hand`;
  if (cache) return given(cache, responseHeaders);
  if (/collapsed/.test(responseHeaders["cache-status"] ?? ""))
    return "the server made it once for all who asked";
  const cost = statements === null ? "" : `, with ${statements} SQL statement${statements === 1 ? "" : "s"}`;
  return `the server made it${cost}`;
}

const ON_THE_WAY = "a cache on the way";

function given(cache: Cache, headers: RoundTrip["responseHeaders"]): string {
  const who = cache === "edge" ? ON_THE_WAY : "the server's cache";
  return wasStale(headers) ? `${who} gave what it had while it was made anew` : `${who} had it`;
}

function longest(spans: readonly Span[]): string {
  const totals = new Map<string, number>();
  for (const { name, start, end } of spans) totals.set(name, (totals.get(name) ?? 0) + end - start);
  const [most] = [...totals].sort((a, b) => b[1] - a[1]);
  return most ? `longest was ${most[0]}, ${most[1].toFixed(1)} ms` : "";
}
