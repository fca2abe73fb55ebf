/** What passes along the chain of steps that a request meets, and the function that joins them. */

/** A step takes the next one and gives back itself before it. */
export type Step = (next: Send) => Send;
export type Send = (request: Request) => Promise<Answer>;

/** The steps as one: each is given the one after it. */
export function compose(...chain: [...steps: Step[], last: Send]): Send {
  const last = chain.at(-1) as Send;
  return (chain.slice(0, -1) as Step[]).reduceRight<Send>((next, step) => step(next), last);
}

export interface Request {
  method: string;
  /** With `base` before it. */
  url: string;
  /** Where the API begins, `/api/v1`, with an origin or without. A step's own address is below it. */
  base?: string | undefined;
  /** Names as they are written here; the ones in this package write them as RFC 9110 does. */
  headers: Readonly<Record<string, string>>;
  call: Call;
  signal?: AbortSignal | undefined;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  /** That it may not share a round trip. */
  alone?: boolean | undefined;
  /** That no cache before the server may answer: what was kept is known to be old. */
  reload?: boolean;
  /** Milliseconds of silence after which it is given up. */
  patience?: number;
  /** The requests that a batch carries, by the ids they have in it. */
  parts?: ReadonlyMap<string, Request>;
  /** Called for each line of a streamed answer, as soon as it is here. */
  onLine?: (line: Line) => void;
  marks?: Marks;
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: unknown;
  /** That it is the answer to a second try already: a third would only add to the load. */
  retried?: boolean;
}

export interface Line {
  value: unknown;
  bytes: number;
  arrived: number;
  decoded: number;
  /** Of the answer that the line is part of. */
  headers?: Answer["headers"];
}

/** Who asked, when, and what held the question back before it was sent; on the clock of performance.now(). */
export interface Call {
  start: number;
  /** Without one, the recorder takes the action that is under way. */
  actionId?: number;
  /** When the batch window closed over it. */
  window?: number;
  /** Until when it waited for a batch that then failed, and why that did. */
  waited?: { until: number; why: string };
}

/** What the page itself can see of an exchange, on the clock of performance.now(). */
export interface Marks {
  sent?: number;
  headers?: number;
  received?: number;
  decoded?: number;
  bytes?: number;
}
