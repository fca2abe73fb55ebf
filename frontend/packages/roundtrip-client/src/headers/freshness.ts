/**
 * The time until which an answer is fresh, and the time until which it may still be shown while a new one is fetched.
 * Both follow from its headers alone (RFC 9111, 4.2; stale-while-revalidate is RFC 5861).
 */
export interface Freshness {
  /** On the clock of Date.now(). */
  freshUntil: number;
  usableUntil: number;
}

/** An answer with a time after now came while the clock was wrong: its age is unknown, and it is not usable. */
export function freshness(
  headers: Readonly<Record<string, string>>,
  receivedAt: number,
  now = Date.now(),
): Freshness {
  if (receivedAt > now) return { freshUntil: 0, usableUntil: 0 };
  const control = headers["cache-control"] ?? "";
  const made = receivedAt - ageOf(headers, receivedAt) * 1000;
  const fresh = /\bno-(cache|store)\b/i.test(control) ? 0 : seconds(control, "max-age");
  const freshUntil = made + fresh * 1000;
  return { freshUntil, usableUntil: freshUntil + seconds(control, "stale-while-revalidate") * 1000 };
}

/**
 * The age of an answer on arrival: from the Age header of caches on the way, or from Date for a browser's copy. A clock
 * that is wrong by hours makes an answer old too soon, which costs a 304 and shows nothing false.
 */
function ageOf(headers: Readonly<Record<string, string>>, receivedAt: number): number {
  const said = Number(headers.age ?? 0) || 0;
  const date = Date.parse(headers.date ?? "");
  // Dates have whole seconds: a new answer may look up to a second old.
  const apparent = Number.isNaN(date) ? 0 : Math.floor((receivedAt - date) / 1000);
  return Math.max(0, said, apparent);
}

function seconds(control: string, directive: string): number {
  return Number(new RegExp(`(?:^|[\\s,])${directive}="?(\\d+)`, "i").exec(control)?.[1] ?? 0);
}
