/**
 * The last step of a request: axios carries it, over fetch, so that a batch can be read while it still arrives
 * and the browser's Resource Timing knows of it.
 *
 * An answer of any status is an answer; only what never got one, or a success that is not the API's, is thrown,
 * as a ProblemError.
 */
import axios, { AxiosError } from "axios";
import { ProblemError } from "./errors";

/** A step of the client takes the next one and gives back itself before it. */
export type Step = (next: Send) => Send;
export type Send = (request: Request) => Promise<Answer>;

export interface Request {
  method: "GET" | "POST";
  /** From the origin's root: `/api/v1/flights?fields=id`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  call: Call;
  signal?: AbortSignal | undefined;
  body?: unknown;
  /** That it may not share a round trip. */
  alone?: boolean;
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
}

export interface Line {
  value: unknown;
  bytes: number;
  arrived: number;
  decoded: number;
}

/** Who asked, when, and what held the question back before it was sent; on the clock of performance.now(). */
export interface Call {
  start: number;
  actionId: number;
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

export type Format = "json" | "msgpack";

const TIMEOUT = 30_000;
const ACCEPT = { json: "application/json", msgpack: "application/msgpack, application/json;q=0.5" };
const NDJSON = "application/x-ndjson";
const READABLE = /^application\/msgpack\b|[/+]json\b/;

export function transport(origin: string, format: Format = "json"): Send {
  const http = axios.create({
    adapter: "fetch",
    baseURL: origin,
    responseType: "stream",
    timeout: TIMEOUT,
    validateStatus: null,
    env: { fetch: fetchWithoutEmptyBodies },
  });

  return async ({ method, url, headers, body, signal, onLine, marks = {} }) => {
    try {
      marks.sent = performance.now();
      const response = await http.request<ReadableStream<Uint8Array> | null>({
        method,
        url,
        headers: { Accept: onLine ? NDJSON : ACCEPT[format], ...headers },
        data: body,
        ...(signal && { signal }),
        // With a validator of our own, the 304 must come to us and not be settled inside the browser's cache.
        fetchOptions: { cache: "If-None-Match" in headers ? "no-store" : "default" },
      });
      marks.headers = performance.now();
      const answer = { status: response.status, headers: plain(response.headers), body: null };
      const type = answer.headers["content-type"] ?? "";
      const ok = answer.status >= 200 && answer.status < 300;
      if (ok && !(onLine ? type.startsWith(NDJSON) : READABLE.test(type))) {
        await response.data?.cancel(); // unread, it would hold the connection
        throw intruder();
      }
      if (onLine && type.startsWith(NDJSON)) {
        marks.bytes = await readLines(response.data, onLine);
        marks.received = performance.now();
        return answer;
      }
      const bytes = new Uint8Array(await new Response(response.data).arrayBuffer());
      marks.received = performance.now();
      marks.bytes = bytes.byteLength;
      const decoded = ok || bytes.byteLength > 0 ? await decode(bytes, type) : null;
      marks.decoded = performance.now();
      return { ...answer, body: decoded };
    } catch (error) {
      signal?.throwIfAborted();
      throw failureOf(error);
    }
  };
}

/** Chromium gives a 304 an empty body, of which axios would make a Response, which for a 304 is forbidden. */
const fetchWithoutEmptyBodies: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  return response.status === 304 ? new Response(null, response) : response;
};

/** Splits at the byte, not the character, so that a part's size is told as it came. */
async function readLines(
  stream: ReadableStream<Uint8Array> | null,
  onLine: (line: Line) => void,
): Promise<number> {
  const text = new TextDecoder();
  let total = 0;
  let rest = new Uint8Array(0);

  const emit = (bytes: Uint8Array, arrived: number) => {
    if (bytes.byteLength === 0) return;
    const value: unknown = JSON.parse(text.decode(bytes));
    onLine({ value, bytes: bytes.byteLength, arrived, decoded: performance.now() });
  };

  // Not `for await`: Safari cannot iterate over a ReadableStream.
  const reader = stream?.getReader();
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    const arrived = performance.now();
    total += chunk.value.byteLength;
    const data = joined(rest, chunk.value);
    let from = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
      emit(data.subarray(from, end), arrived);
      from = end + 1;
    }
    rest = data.subarray(from);
  }
  emit(rest, performance.now());
  return total;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.byteLength + b.byteLength);
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}

/** MessagePack's decoder is fetched only by those who ask for MessagePack. */
async function decode(bytes: Uint8Array, type: string): Promise<unknown> {
  if (type.startsWith("application/msgpack")) return (await import("@msgpack/msgpack")).decode(bytes);
  if (/[/+]json\b/.test(type)) return JSON.parse(new TextDecoder().decode(bytes));
  return null; // a proxy's page of HTML says nothing that the status does not
}

function plain(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** A captive portal says 200 to everything, with a page of its own: as data it would be nothing, and be kept. */
function intruder(): ProblemError {
  const detail = "Something on the way answered in its place.";
  return new ProblemError({ kind: "network", title: "The server could not be reached", detail });
}

function failureOf(cause: unknown): ProblemError {
  if (cause instanceof ProblemError) return cause;
  if (globalThis.navigator?.onLine === false) {
    return new ProblemError({ kind: "offline", title: "You are offline", cause });
  }
  const code = axios.isAxiosError(cause) ? cause.code : undefined;
  if (code === AxiosError.ECONNABORTED || code === AxiosError.ETIMEDOUT) {
    const detail = `Nothing came in ${TIMEOUT / 1000} s.`;
    return new ProblemError({ kind: "timeout", title: "No answer in time", detail, cause });
  }
  const detail = cause instanceof SyntaxError ? "The answer could not be read." : "The connection failed.";
  return new ProblemError({ kind: "network", title: "The server could not be reached", detail, cause });
}
