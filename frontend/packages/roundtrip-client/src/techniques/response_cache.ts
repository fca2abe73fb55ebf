/** The client's stored answers, by URL. The headers of each say how long it is fresh and which tags it has. */
import { cacheGroups } from "../headers/cacheGroups.ts";
import { freshness } from "../headers/freshness.ts";

export interface Held {
  body: unknown;
  headers: Readonly<Record<string, string>>;
  /** The time when the answer came or was last confirmed, on the clock of Date.now(). */
  at: number;
  /** True: the answer was invalidated. It is neither fresh nor usable, but its validator still saves a body. */
  old?: boolean;
  /** True: the answer was narrowed from a wider one, and did not come from its URL. */
  narrowed?: boolean;
}

export interface Answers {
  get(url: string): Held | undefined;
  /** `asked` is the start of its request, on the clock of performance.now(); a later invalidation makes it old. */
  set(url: string, held: Held, asked?: number): void;
  /** Invalidates an answer; without its validator the whole answer is fetched again. */
  expire(url: string, keep?: "with its validator" | "without"): void;
  /** Invalidates all answers with one of the tags. */
  invalidate(tags: readonly string[]): void;
}

/** The queries hold the same bodies, so that an entry costs little more than its headers. */
const MOST = 300;

/** Drops the least recently used answer first. */
export function createAnswers(most = MOST): Answers {
  const held = new Map<string, Held>();
  const invalidated = new Map<string, number>();

  function expire(url: string, keep: "with its validator" | "without" = "with its validator"): void {
    const found = held.get(url);
    if (!found) return;
    const { etag, ...others } = found.headers;
    const headers = keep === "without" || !etag ? others : { ...others, etag };
    held.set(url, { ...found, headers, old: true });
  }

  return {
    expire,
    get(url) {
      const found = held.get(url);
      if (found) {
        held.delete(url);
        held.set(url, found);
      }
      return found;
    },
    set(url, answer, asked = Number.POSITIVE_INFINITY) {
      const since = cacheGroups(answer.headers).some((tag) => (invalidated.get(tag) ?? -1) >= asked);
      held.delete(url);
      held.set(url, since ? { ...answer, old: true } : answer);
      const oldest = held.keys().next().value;
      if (held.size > most && oldest !== undefined) held.delete(oldest);
    },
    invalidate(tags) {
      for (const tag of tags) invalidated.set(tag, performance.now());
      for (const [url, { headers }] of held) {
        if (cacheGroups(headers).some((tag) => tags.includes(tag))) expire(url);
      }
    },
  };
}

/** On the clock of Date.now(); 0 when unknown. */
export function freshUntil(held: Held | undefined): number {
  return held && !held.old ? freshness(held.headers, held.at).freshUntil : 0;
}

/** The time until which the answer may be shown while a new one is fetched. */
export function usableUntil(held: Held | undefined): number {
  return held && !held.old ? freshness(held.headers, held.at).usableUntil : 0;
}
