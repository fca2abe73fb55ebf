/** The types of the chain of steps that a request passes through, and the function that joins the steps. */

/** A step takes the next `Send` and returns a `Send` that calls it. */
export type Step = (next: Send) => Send;
export type Send = (request: Request) => Promise<Answer>;

/** Joins the steps: each step gets the next one. */
export function compose(...chain: [...steps: Step[], last: Send]): Send {
  const last = chain.at(-1) as Send;
  return (chain.slice(0, -1) as Step[]).reduceRight<Send>((next, step) => step(next), last);
}

export interface Request {
  method: string;
  /** The whole address, which begins with `base`. */
  url: string;
  /** The API's root, such as `/api/v1`, with or without an origin. The addresses of a step are below it. */
  base?: string | undefined;
  /** Names in any case; this package writes them as RFC 9110 does. */
  headers: Readonly<Record<string, string>>;
  call: Call;
  signal?: AbortSignal | undefined;
  /** A string is sent unchanged, any other value as JSON. */
  body?: unknown;
  /** True: the request may not share a round trip. */
  alone?: boolean | undefined;
  /** True: no cache before the server may answer, because stored answers are known to be old. */
  reload?: boolean;
  /** Milliseconds without a byte after which the request fails. */
  patience?: number;
  /** The parts of a batch, by their ids in the batch. */
  parts?: ReadonlyMap<string, Request>;
  /** Called for each line of a streamed answer, as soon as the line arrives. */
  onLine?: (line: Line) => void;
  marks?: Marks;
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: unknown;
  /** True: this answers a second try. A third try would only add to the load. */
  retried?: boolean;
}

export interface Line {
  value: unknown;
  bytes: number;
  arrived: number;
  decoded: number;
  /** The headers of the whole answer that contains the line. */
  headers?: Answer["headers"];
}

/** The caller of a request, its start, and the waits before it was sent; on the clock of performance.now(). */
export interface Call {
  start: number;
  /** Without this the recorder takes the current action. */
  actionId?: number;
  /** The time when its batch window closed. */
  window?: number;
  /** The end of its wait for a batch that failed, and the reason of the failure. */
  waited?: { until: number; why: string };
}

/** The moments of an exchange that the page itself can measure, on the clock of performance.now(). */
export interface Marks {
  sent?: number;
  headers?: number;
  received?: number;
  decoded?: number;
  bytes?: number;
}
