/**
 * Trace context: a request names the trace that a click began, so that the spans of the server belong to it.
 *
 * Source: https://www.w3.org/TR/trace-context/. All round trips of one action share a trace; each has a parent of its
 * own. A server of another origin gets no header: it would cost a preflight, and has no meaning there.
 */
import type { Request, Step } from "../chain.ts";

export interface TraceOptions {
  /** Whether requests name a trace. @default whether the Server-Timing of the page has a `traceparent` */
  when?(): boolean;
}

/** Put this step after `batch()`: a batch names a trace, its parts do not. */
export function traced({ when = pageIsTraced }: TraceOptions = {}): Step {
  let trace = "";
  let ofAction: number | undefined;

  return (next) => (request) => {
    if (!when() || !isSameOrigin(request)) return next(request);
    const { actionId } = request.call;
    if (!trace || actionId === undefined || actionId !== ofAction) trace = randomHex(16);
    ofAction = actionId;
    // 01: the caller does not object to a record. The server's own sampler decides.
    const traceparent = `00-${trace}-${randomHex(8)}-01`;
    return next({ ...request, headers: { ...request.headers, traceparent } });
  };
}

function pageIsTraced(): boolean {
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return page?.serverTiming.some(({ name }) => name === "traceparent") ?? false;
}

function isSameOrigin({ url }: Request): boolean {
  return new URL(url, location.href).origin === location.origin;
}

/** Hexadecimal digits of this many random bytes. All zeros would mean "none", and practically never occur. */
function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
