/**
 * Requests made in the same tick share one round trip, and each part is answered when its line arrives.
 *
 * The shape is that of OData JSON batch and Microsoft Graph, streamed as NDJSON. One request alone stays a plain
 * GET, which the browser and any cache on the way can keep.
 */
import { ProblemError } from "./errors";
import type { Answer, Line, Request, Send, Step } from "./transport";

/** What to batch, and when; how is below. */
export interface BatchPolicy {
  /** Whether this request may share a round trip. */
  mayShare(request: Request): boolean;
  /** Calls `close` when the window that has just opened is over. */
  window(close: () => void): void;
  /** The most parts that the server takes at once. */
  most: number;
}

/** A microtask ends when the code that asks has returned: a page asks for all it needs in one go, and waits for nothing. */
export const sameTick: BatchPolicy = {
  mayShare: (request) => request.method === "GET" && !request.alone,
  window: (close) => queueMicrotask(close), // called as a method of anything else, browsers refuse it
  most: 20,
};

export function batch(url: string, policy: BatchPolicy = sameTick): Step {
  return (next) => {
    let waiting: Ticket[] = [];

    const close = () => {
      const tickets = waiting.filter((ticket) => !ticket.request.signal?.aborted);
      waiting = [];
      const now = performance.now();
      for (const ticket of tickets) ticket.request.call.window = now;
      for (let from = 0; from < tickets.length; from += policy.most) {
        const group = tickets.slice(from, from + policy.most);
        const [alone] = group;
        if (group.length === 1 && alone) settle(alone, next(alone.request));
        else void share(group, url, next);
      }
    };

    return (request) => {
      if (!policy.mayShare(request)) return next(request);
      return new Promise<Answer>((resolve, reject) => {
        if (waiting.length === 0) policy.window(close);
        const ticket = { request, resolve, reject };
        waiting.push(ticket);
        request.signal?.addEventListener("abort", () => reject(request.signal?.reason), { once: true });
      });
    };
  };
}

interface Ticket {
  request: Request;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}

/** Asks a group in one exchange. Whoever has no answer at its end asks alone: a failing batch fails no part. */
async function share(group: readonly Ticket[], url: string, next: Send): Promise<void> {
  const open = new Map(group.map((ticket, index) => [String(index + 1), ticket]));
  const everyone = new AbortController();
  for (const [id, { request }] of open) {
    request.signal?.addEventListener("abort", () => open.delete(id) && open.size === 0 && everyone.abort(), {
      once: true,
    });
  }

  const failure = await next(exchange(open, url, everyone.signal)).then(
    (answer) => (answer.status < 400 ? "it ended early" : `the server answered ${answer.status}`),
    (error: unknown) => error,
  );

  const until = performance.now();
  for (const ticket of open.values()) {
    if (failure instanceof ProblemError && failure.kind === "offline") {
      ticket.reject(failure);
    } else {
      const why = failure instanceof Error ? failure.message : String(failure);
      ticket.request.call.waited = { until, why: `a batch that failed: ${why}` };
      settle(ticket, next(ticket.request));
    }
  }
}

function exchange(open: Map<string, Ticket>, url: string, signal: AbortSignal): Request {
  const parts = new Map([...open].map(([id, { request }]) => [id, request]));
  const calls = [...parts.values()].map((part) => part.call);
  const requests = [...parts].map(([id, part]) => ({
    id,
    method: part.method,
    url: part.url,
    headers: part.headers,
  }));
  return {
    method: "POST",
    url,
    headers: {},
    body: { requests },
    signal,
    parts,
    call: {
      ...calls[0],
      start: Math.min(...calls.map((call) => call.start)),
      actionId: calls[0]?.actionId ?? 0,
    },
    onLine: (line) => {
      const part = partOf(line);
      const ticket = part && open.get(part.id);
      if (!part || !ticket) return; // cancelled, answered twice, or never asked
      open.delete(part.id);
      ticket.resolve(part);
    },
  };
}

/** A line of the stream as the answer that it is; undefined when it is none. */
function partOf({ value }: Line): (Answer & { id: string }) | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, status, headers, body } = value as Partial<Answer & { id: string }>;
  if (typeof id !== "string" || typeof status !== "number") return undefined;
  return { id, status, headers: headers ?? {}, body: body ?? null };
}

function settle(ticket: Ticket, answer: Promise<Answer>): void {
  answer.then(ticket.resolve, ticket.reject);
}
