/** The environment of a result: network, browser, clock and machine. */
import { LAB } from "./catalogue";
import type { Catalogue, Environment, LinkInfo } from "./types";

/** The link that this page was opened through; undefined: directly. */
export function linkInForce({ links }: Catalogue): LinkInfo | undefined {
  return links.find(({ port }) => String(port) === location.port);
}

/** This page through another port of its server. */
export function addressAt(port: number | string, path: string): string {
  const { protocol, hostname } = location;
  return `${protocol}//${hostname}${port && `:${port}`}${path}`;
}

/** Links listen on the server's own machine only. */
export function isOwnMachine(): boolean {
  return ["127.0.0.1", "localhost"].includes(location.hostname);
}

/** The protocol of the last request of the Lab, from the browser; behind an edge the server may use another one. */
export function protocolInUse(): string | undefined {
  const asked = performance.getEntriesByType?.("resource") as PerformanceResourceTiming[] | undefined;
  return (
    asked?.findLast(({ name }) => name.startsWith(`${location.origin}${LAB}/`))?.nextHopProtocol || undefined
  );
}

/** "100 ms, h2" */
export function networkOf({ network, protocol }: Pick<Environment, "network" | "protocol">): string {
  return protocol ? `${network}, ${protocol}` : network;
}

export async function environmentOf(catalogue: Catalogue, signal: AbortSignal): Promise<Environment> {
  const link = linkInForce(catalogue);
  const measuredRtt = await quickestPing(signal);
  const protocol = protocolInUse();
  return {
    network: link?.name ?? "direct",
    ...(protocol && { protocol }),
    rtt: link?.rtt ?? null,
    mbit: link?.mbit ?? null,
    measuredRtt,
    browser: browserName(navigator.userAgent),
    clock: clockResolution(),
    isolated: globalThis.crossOriginIsolated === true,
    machine: catalogue.machine,
    at: new Date().toISOString(),
  };
}

/** The quickest of a few: the rest of the others is noise of the machine. */
async function quickestPing(signal: AbortSignal): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 6; n += 1) {
    const began = performance.now();
    await fetch(`${LAB}/ping`, { signal, cache: "no-store" });
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** The smallest step that performance.now() makes: 0.005 ms in an isolated page, 0.1 in others. */
function clockResolution(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 20; n += 1) {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    least = Math.min(least, to - from);
  }
  return Math.round(least * 1000) / 1000;
}

function browserName(agent: string): string {
  const [, name, version] =
    /(Edg|Firefox|Chrome)\/(\d+)/.exec(agent) ?? /(Version)\/(\d+).*Safari/.exec(agent) ?? [];
  if (!name) return "an unknown browser";
  return `${{ Edg: "Edge", Version: "Safari" }[name] ?? name} ${version}`;
}
