/**
 * Which cache answered, by what each cache on the way says of itself (Cache-Status, RFC 9211): the server's own is
 * named first, the one nearest to the browser last. Of an answer that a cache on the way has kept, what stands before
 * that cache's name is as old as the answer.
 *
 *     roundtrip; hit; ttl=57                                   the server's cache had it
 *     roundtrip; fwd=uri-miss; stored, varnish; hit; ttl=42    Varnish had it; the server made it once, earlier
 */
export type Cache = "server-cache" | "edge";

const SERVER = "roundtrip";

/** The one nearest to the browser that had it; null where none did. */
export function cachedBy(headers: Readonly<Record<string, string>> | undefined): Cache | null {
  const hit = hitOf(headers);
  if (!hit) return null;
  return hit.name === SERVER ? "server-cache" : "edge";
}

/** Whether what that cache had was no longer fresh, so that it gave it while a new one was made. */
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
