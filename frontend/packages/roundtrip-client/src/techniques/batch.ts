/**
 * Requests made in the same tick share one round trip, and each part is answered when its line arrives.
 *
 * The form is that of OData's JSON batch and of Microsoft Graph, streamed as NDJSON. A single request stays a plain
 * GET, which the browser and any cache on the way can keep.
 */
import type { Answer, Line, Request, Send, Step } from "../chain.ts";
import { ProblemError, problemOf, retryDelay } from "../errors.ts";

export interface BatchOptions {
  /** The path of batches below the API's root, such as "/batch". */
  url: string;
  /** The most parts that the server takes at once. @default 20 */
  most?: number;
  /** Milliseconds until the first byte, for a batch and its second try together. @default 30_000 */
  deadline?: number;
  /** Whether this request may share a round trip. @default every GET below the API's root that does not ask to go alone */
  mayShare?(request: Request): boolean;
  /**
   * Calls `close` when the window that has just opened is over.
   * @default a microtask: the requests of one tick share a batch, and none of them waits
   */
  window?(close: () => void): void;
}

export function batch({
  url,
  most = 20,
  deadline = 30_000,
  mayShare = ({ method, url, base = "", alone }) => method === "GET" && url.startsWith(base) && !alone,
  window = (close) => queueMicrotask(close), // browsers refuse queueMicrotask as a method of another object
}: BatchOptions): Step {
  return (next) => {
    let waiting: Ticket[] = [];

    const close = () => {
      const tickets = waiting.filter(({ request }) => !request.signal?.aborted);
      waiting = [];
      const now = performance.now();
      for (const ticket of tickets) ticket.request.call.window = now;
      for (const group of grouped(tickets, most)) {
        const [first, ...others] = group;
        if (first && others.length === 0) settle(first, next(first.request));
        else void share(group, url, deadline, next);
      }
    };

    return (request) => {
      const { signal } = request;
      if (!mayShare(request)) return next(request);
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise<Answer>((resolve, reject) => {
        if (waiting.length === 0) window(close);
        waiting.push({ request, resolve, reject });
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    };
  };
}

interface Ticket {
  request: Request;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}

/** Groups of one API each, none larger than the server takes. */
function grouped(tickets: readonly Ticket[], most: number): Ticket[][] {
  const groups = new Map<string | undefined, Ticket[]>();
  for (const ticket of tickets) {
    const { base } = ticket.request;
    groups.set(base, [...(groups.get(base) ?? []), ticket]);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / most) }, (_, n) => group.slice(n * most, (n + 1) * most)),
  );
}

/** The parts without an answer so far, by their ids in the batch. */
type Open = Map<string, Ticket>;

/**
 * Sends a group in one exchange. A refusal is the answer of all its parts: a server that cannot answer one request
 * cannot answer twenty. A batch is split only if the batch itself caused the failure.
 */
async function share(group: readonly Ticket[], url: string, deadline: number, next: Send): Promise<void> {
  const open: Open = new Map(group.map((ticket, index) => [String(index + 1), ticket]));
  const everyone = new AbortController();
  for (const [id, { request }] of open) {
    const leave = () => open.delete(id) && open.size === 0 && everyone.abort();
    request.signal?.addEventListener("abort", leave, { once: true });
  }
  const until = performance.now() + deadline;
  const ask = (): Promise<Answer | ProblemError> =>
    next({ ...exchange(open, url, everyone.signal), patience: until - performance.now() }).catch(asProblem);

  let outcome = await ask();
  const wait = open.size === group.length ? pauseBefore(outcome) : null;
  if (wait !== null && performance.now() + wait < until) {
    holdBack(open, `a batch that failed: ${whyOf(outcome)}`, wait);
    await pause(wait, everyone.signal);
    if (open.size > 0) outcome = await ask();
  }

  if (open.size === 0) return;
  if (isTheBatchsOwn(outcome)) await split(open, `a batch that failed: ${whyOf(outcome)}`, next);
  else refuse(open, outcome);
}

/** Milliseconds before a second try: after Retry-After or a broken connection. Null: a second try would not help. */
function pauseBefore(outcome: Answer | ProblemError): number | null {
  if (outcome instanceof ProblemError) return outcome.kind === "network" ? retryDelay(0, outcome) : null;
  if (outcome.status !== 429 && outcome.status !== 503) return null;
  const problem = problemOf(outcome);
  return problem.retryAfter === null ? null : retryDelay(0, problem);
}

const NOT_TAKEN = new Set([404, 405, 413, 415]);

/** Whether the server takes no such batch, or the answer broke off or was unreadable: single requests may succeed. */
function isTheBatchsOwn(outcome: Answer | ProblemError): boolean {
  if (outcome instanceof ProblemError) return outcome.kind === "network";
  const { status, body } = outcome;
  const isUnreadable = body === null && status !== 429 && status !== 503; // a proxy's own page
  return status < 400 || NOT_TAKEN.has(status) || isUnreadable;
}

/** Sends one part first: if it fails in the same way, the connection is at fault and not the batch. */
async function split(open: Open, why: string, next: Send): Promise<void> {
  holdBack(open, why);
  const [first, ...others] = open.values();
  if (!first) return;
  const trial = await next(first.request).catch((error: unknown) =>
    error instanceof ProblemError ? error : first.reject(error),
  );
  if (trial instanceof ProblemError || (trial && trial.status >= 500)) return refuse(open, trial);
  if (trial) first.resolve(trial);
  for (const ticket of others) settle(ticket, next(ticket.request));
}

function refuse(open: Open, outcome: Answer | ProblemError): void {
  if (outcome instanceof ProblemError) outcome.retried = true;
  for (const { resolve, reject } of open.values()) {
    if (outcome instanceof ProblemError) reject(outcome);
    else resolve({ ...outcome, retried: true });
  }
}

/** Records the reason why the parts wait. */
function holdBack(open: Open, why: string, ms = 0): void {
  const until = performance.now() + ms;
  for (const { request } of open.values()) request.call.waited = { until, why };
}

function exchange(open: Open, url: string, signal: AbortSignal): Request {
  const parts = new Map([...open].map(([id, { request }]) => [id, request]));
  const [first] = parts.values();
  const calls = [...parts.values()].map((part) => part.call);
  const requests = [...parts].map(([id, { method, url, headers }]) => ({
    id,
    method,
    url: pathOf(url),
    headers,
  }));
  return {
    method: "POST",
    url: (first?.base ?? "") + url,
    headers: {},
    body: { requests },
    signal,
    parts,
    call: { ...first?.call, start: Math.min(...calls.map((call) => call.start)) },
    onLine: (line) => {
      const part = partOf(line);
      const ticket = part && open.get(part.id);
      if (!part || !ticket) return; // cancelled, answered twice, or not in the batch
      open.delete(part.id);
      ticket.resolve(part);
    },
  };
}

/** The path of a part: a batch has no hosts in it. */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "");
}

/** The answer in a line of the stream; undefined if the line has none. Its age is that of the batch. */
function partOf({ value, headers: { date, age } = {} }: Line): (Answer & { id: string }) | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, status, headers, body } = value as Partial<Answer & { id: string }>;
  if (typeof id !== "string" || typeof status !== "number") return undefined;
  return {
    id,
    status,
    headers: { ...(date && { date }), ...(age && { age }), ...headers },
    body: body ?? null,
  };
}

function settle(ticket: Ticket, answer: Promise<Answer>): void {
  answer.then(ticket.resolve, ticket.reject);
}

function whyOf(outcome: Answer | ProblemError): string {
  if (outcome instanceof ProblemError) return outcome.message;
  return outcome.status < 400 ? "it ended early" : `the server answered ${outcome.status}`;
}

function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError({ kind: "network", title: "The batch failed", cause: error });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const leave = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", leave, { once: true });
  });
}
