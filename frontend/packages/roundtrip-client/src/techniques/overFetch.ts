/**
 * The last step of a request: it sends by fetch, so that a batch can be read while it still arrives and the browser's
 * Resource Timing measures it.
 *
 * An answer is returned whatever its status. A ProblemError is thrown if no answer came, or if a success is not the
 * API's. A request fails after a time without a byte, but may take any time as a whole.
 */
import type { Line, Request, Send } from "../chain.ts";
import { ProblemError } from "../errors.ts";
import { ACCEPT, decode, type Format, isLines, isReadable } from "./negotiation.ts";

export interface FetchOptions {
  /** @default "json" */
  format?: Format;
  /** Milliseconds without a byte. @default 30_000 */
  patience?: number;
}

export function overFetch({ format = "json", patience = 30_000 }: FetchOptions = {}): Send {
  return async (request) => {
    const { method, url, headers, body, signal, onLine, marks = {} } = request;
    const silence = watchSilence(request.patience ?? patience, signal);
    try {
      marks.sent = performance.now();
      const response = await fetch(url, {
        method,
        headers: {
          Accept: onLine ? ACCEPT.lines : ACCEPT[format],
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        body: body === undefined || typeof body === "string" ? (body ?? null) : JSON.stringify(body),
        signal: silence.signal,
        cache: cacheMode(request),
      });
      marks.headers = performance.now();
      const answer = { status: response.status, headers: Object.fromEntries(response.headers), body: null };
      const type = answer.headers["content-type"] ?? "";
      const hasBody = response.ok && response.status !== 204;
      if (hasBody && !(onLine ? isLines(type) : isReadable(type))) {
        await response.body?.cancel(); // an unread body would hold the connection
        throw intruder();
      }
      const chunks = silence.chunksOf(response.body);
      if (onLine && isLines(type)) {
        marks.bytes = await readLines(chunks, (line) => onLine({ ...line, headers: answer.headers }));
        marks.received = performance.now();
        return answer;
      }
      const bytes = await joined(chunks);
      marks.received = performance.now();
      marks.bytes = bytes.byteLength;
      const decoded = hasBody || bytes.byteLength > 0 ? await decode(bytes, type) : null;
      marks.decoded = performance.now();
      return { ...answer, body: decoded };
    } catch (error) {
      signal?.throwIfAborted();
      throw failureOf(error);
    } finally {
      silence.end();
    }
  };
}

/** A request with a validator of ours must get the 304 itself, so it goes past the browser's cache. */
function cacheMode({ headers, reload }: Request): RequestCache {
  if ("If-None-Match" in headers) return "no-store";
  return reload ? "reload" : "default";
}

/** A signal that is aborted with the caller's signal, or after `patience` milliseconds without a byte. */
function watchSilence(patience: number, signal: AbortSignal | undefined) {
  const silent = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(timeout(patience)), patience);
  };
  heard();
  return {
    signal: signal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
    end: () => clearTimeout(timer),
    /** Reads chunk by chunk, because Safari has no `for await` over a stream. */
    async *chunksOf(stream: ReadableStream<Uint8Array> | null) {
      const reader = stream?.getReader();
      for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
        heard();
        yield chunk.value;
      }
    },
  };
}

/** Splits bytes, not characters, so that the size of each part in bytes is known. */
async function readLines(chunks: AsyncIterable<Uint8Array>, onLine: (line: Line) => void): Promise<number> {
  const text = new TextDecoder();
  let total = 0;
  let rest = new Uint8Array(0);

  const emit = (bytes: Uint8Array, arrived: number) => {
    if (bytes.byteLength === 0) return;
    const value: unknown = JSON.parse(text.decode(bytes));
    onLine({ value, bytes: bytes.byteLength, arrived, decoded: performance.now() });
  };

  for await (const chunk of chunks) {
    const arrived = performance.now();
    total += chunk.byteLength;
    const data = concat([rest, chunk]);
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

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return concat(all);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** A captive portal answers every request with 200 and its own page, which must not be stored as data. */
function intruder(): ProblemError {
  const detail = "A captive portal or a proxy answered instead.";
  return new ProblemError({ kind: "network", title: "The server could not be reached", detail });
}

function timeout(patience: number): ProblemError {
  const detail = `Time-out: no data came for ${Math.round(patience / 1000)} s.`;
  return new ProblemError({ kind: "timeout", title: "No answer in time", detail });
}

function failureOf(cause: unknown): ProblemError {
  if (cause instanceof ProblemError) return cause;
  if (globalThis.navigator?.onLine === false) {
    return new ProblemError({ kind: "offline", title: "You are offline", cause });
  }
  const detail = cause instanceof SyntaxError ? "The answer could not be read." : "The connection failed.";
  return new ProblemError({ kind: "network", title: "The server could not be reached", detail, cause });
}
