/**
 * What is already here is not sent again: If-None-Match goes out with the validator of the answer in hand, and a
 * 304 brings that answer back (RFC 9110, 13.1.2 and 15.4.5).
 */
import type { Step } from "./transport";

/** An answer in hand, with what its server said of its validity. */
export interface Held {
  body: unknown;
  headers: Readonly<Record<string, string>>;
  /** When it came, or was last confirmed; on the clock of Date.now(). */
  at: number;
}

export interface Answers {
  get(url: string): Held | undefined;
  set(url: string, held: Held): void;
}

export function conditional(answers: Answers): Step {
  return (next) => async (request) => {
    const held = answers.get(request.url);
    const etag = held?.headers.etag;
    const answer = await next(
      etag ? { ...request, headers: { ...request.headers, "If-None-Match": etag } } : request,
    );
    if (answer.status === 304 && held) {
      const headers = { ...held.headers, ...answer.headers };
      answers.set(request.url, { body: held.body, headers, at: Date.now() });
      return { status: 200, headers, body: held.body };
    }
    if (answer.status === 200) {
      answers.set(request.url, { body: answer.body, headers: answer.headers, at: Date.now() });
    }
    return answer;
  };
}

/** The bodies are those that the cache above holds too, so an entry here costs little but its headers. */
const MOST = 300;

/** Answers by URL; the longest unused goes first. */
export function createAnswers(most = MOST): Answers {
  const held = new Map<string, Held>();
  return {
    get(url) {
      const found = held.get(url);
      if (found) {
        held.delete(url);
        held.set(url, found);
      }
      return found;
    },
    set(url, answer) {
      held.delete(url);
      held.set(url, answer);
      const oldest = held.keys().next().value;
      if (held.size > most && oldest !== undefined) held.delete(oldest);
    },
  };
}
