/** The answers in hand, by URL: each with its headers, which say how long it is fresh and which tags it carries. */
import { cacheGroups } from "../headers/cacheGroups.ts";
import { freshness } from "../headers/freshness.ts";

export interface Held {
  body: unknown;
  headers: Readonly<Record<string, string>>;
  /** When it came, or was last confirmed; on the clock of Date.now(). */
  at: number;
  /** That it was invalidated since: neither fresh nor usable, but its validator still saves a body. */
  old?: boolean;
  /** That it is part of a wider answer, and no URL's own. */
  narrowed?: boolean;
}

export interface Answers {
  get(url: string): Held | undefined;
  /** `asked` is when its request began, on the clock of performance.now(): what was invalidated since then is old. */
  set(url: string, held: Held, asked?: number): void;
  /** Makes an answer old; without its validator it is fetched whole. */
  expire(url: string, keep?: "with its validator" | "without"): void;
  /** Makes all answers old that carry one of the tags. */
  invalidate(tags: readonly string[]): void;
}

/** The bodies are those that the queries hold too, so an entry here costs little but its headers. */
const MOST = 300;

/** The longest unused goes first. */
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

/** On the clock of Date.now(); 0 when nothing is known. */
export function freshUntil(held: Held | undefined): number {
  return held && !held.old ? freshness(held.headers, held.at).freshUntil : 0;
}

/** Until when it may be shown while a new one is asked for. */
export function usableUntil(held: Held | undefined): number {
  return held && !held.old ? freshness(held.headers, held.at).usableUntil : 0;
}
