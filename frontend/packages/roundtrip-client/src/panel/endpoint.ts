/** The endpoint of an address, and statistics of the times of each endpoint's answers. */
import type { PartRecord, RoundTrip, Snapshot, Source } from "../techniques/timing/timing.ts";
import { type Bin, histogram, quantile } from "./statistics.ts";

/**
 * Method, path with ids replaced, sorted parameter names: "GET /flights/:id?fields". The API's nouns are lower-case
 * words; a segment with a digit or a capital in it (123, JFK, N10156) is an id.
 */
export function endpointOf(method: string, url: string): string {
  const { path, parameters } = split(url);
  const shape = path.replace(/^\/api\/v\d+(?=\/|$)/, "").replace(/[^/]*[0-9A-Z][^/]*/g, ":id");
  const names = [...new Set(parameters.map(([name]) => name))].sort();
  return `${method.toUpperCase()} ${shape || "/"}${names.length > 0 ? `?${names.join("&")}` : ""}`;
}

/** An address as a row shows it: without the API's prefix, and decoded if possible. */
export function shortAddress(url: string): string {
  const { path, parameters } = split(url);
  const query = parameters.map(([name, value]) => `${name}=${value}`).join("&");
  return `${path.replace(/^\/api\/v\d+(?=\/)/, "")}${query ? `?${query}` : ""}`;
}

export interface EndpointStatistics {
  endpoint: string;
  count: number;
  p50: number;
  p95: number;
  bins: Bin[];
  /** The number of answers by source. */
  sources: ReadonlyMap<Origin, number>;
}

/** The source of a batch is that of its parts, which can differ. */
type Origin = Source | "mixed";

/**
 * One row for each endpoint, slowest p95 first. A part counts under its own endpoint, and its batch under
 * "POST /batch". Only answered requests count: a cancelled request says nothing about the endpoint's speed.
 */
export function endpointStatistics(snapshot: Pick<Snapshot, "roundTrips">): EndpointStatistics[] {
  const answers = new Map<string, { ms: number; source: Origin }[]>();
  const add = (endpoint: string, exchange: RoundTrip | PartRecord) => {
    if (exchange.end === null || exchange.status === null) return;
    const known = answers.get(endpoint) ?? [];
    known.push({ ms: exchange.end - exchange.start, source: originOf(exchange) });
    answers.set(endpoint, known);
  };
  for (const trip of snapshot.roundTrips) {
    if (trip.state === "cancelled") continue;
    add(endpointOf(trip.method, trip.url), trip);
    for (const part of trip.parts) add(endpointOf("GET", part.url), part);
  }
  return [...answers].map(([endpoint, list]) => describe(endpoint, list)).sort((a, b) => b.p95 - a.p95);
}

function originOf(exchange: RoundTrip | PartRecord): Origin {
  const parts = "parts" in exchange ? exchange.parts.filter(({ status }) => status !== null) : [];
  const [source = exchange.source, ...others] = new Set(parts.map((part) => part.source));
  return others.length > 0 ? "mixed" : source;
}

function describe(endpoint: string, answers: { ms: number; source: Origin }[]): EndpointStatistics {
  const times = answers.map(({ ms }) => ms);
  const sources = new Map<Origin, number>();
  for (const { source } of answers) sources.set(source, (sources.get(source) ?? 0) + 1);
  return {
    endpoint,
    count: answers.length,
    p50: quantile(times, 0.5) ?? 0,
    p95: quantile(times, 0.95) ?? 0,
    bins: histogram(times),
    sources,
  };
}

function split(url: string): { path: string; parameters: [string, string][] } {
  const { pathname, searchParams } = new URL(url, "http://relative.invalid");
  return { path: decoded(pathname), parameters: [...searchParams] };
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
