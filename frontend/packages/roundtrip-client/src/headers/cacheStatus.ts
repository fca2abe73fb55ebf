/**
 * Which cache answered, from the header Cache-Status (RFC 9211), in which each cache reports its result: the server's
 * own cache first, the cache nearest to the browser last. If a cache on the way had the answer, the reports before its
 * name are as old as that answer.
 *
 *     roundtrip; hit; ttl=57                                   the server's cache had it
 *     roundtrip; fwd=uri-miss; stored, varnish; hit; ttl=42    Varnish had it; the server made it once, earlier
 */
export type Cache = "server-cache" | "edge";

const SERVER = "roundtrip";

/** The cache nearest to the browser that had the answer; null if no cache had it. */
export function cachedBy(headers: Readonly<Record<string, string>> | undefined): Cache | null {
  const hit = hitOf(headers);
  if (!hit) return null;
  return hit.name === SERVER ? "server-cache" : "edge";
}

/** Whether that cache gave a stale answer while a new one was made. */
export function wasStale(headers: Readonly<Record<string, string>>): boolean {
  return /^(0$|-)/.test(hitOf(headers)?.ttl ?? "");
}

function hitOf(headers: Readonly<Record<string, string>> | undefined) {
  const members = (headers?.["cache-status"] ?? "").split(",").map((member) => {
    const [name, ...parameters] = member.split(";").map((word) => word.trim());
    const ttl = parameters.find((each) => each.startsWith("ttl="))?.slice("ttl=".length);
    return { name, ttl, isHit: parameters.includes("hit") };
  });
  return members.findLast(({ isHit }) => isHit);
}
