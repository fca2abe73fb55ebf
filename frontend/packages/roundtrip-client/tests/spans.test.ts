import fc from "fast-check";
import { expect, test } from "vitest";
import { account, exact, type Measured, type Phases, type Span } from "../src/techniques/timing/spans.ts";

/** The names of spans with their durations, in order. */
const told = (spans: Span[]) => spans.map(({ name, start, end }) => `${name} ${end - start}`);

const phases: Phases = {
  startTime: 12,
  domainLookupStart: 13,
  domainLookupEnd: 15,
  connectStart: 15,
  secureConnectionStart: 18,
  connectEnd: 22,
  requestStart: 23,
  responseStart: 33,
  responseEnd: 36,
};

const single: Measured = {
  call: { start: 10, actionId: 1, window: 11 },
  end: 40,
  marks: { sent: 11.5, headers: 34, received: 37, decoded: 39, bytes: 900 },
  phases,
  claims: [
    { name: "db", ms: 4 },
    { name: "serialize", ms: 1 },
    { name: "app (other)", ms: 1 },
  ],
};

test("the spans cover a round trip from call to data", () => {
  expect(told(account(single))).toEqual([
    "batch window 1",
    "request 1",
    "queued 1",
    "dns 2",
    "connect 3",
    "tls 4",
    "queued 1",
    "network 2",
    "db 4",
    "serialize 1",
    "app (other) 1",
    "network 2",
    "download 3",
    "main thread 1",
    "decode 2",
    "unaccounted 1",
  ]);
});

test("on a reused connection, the time before the request is the browser's queue", () => {
  const kept = {
    domainLookupStart: 12,
    domainLookupEnd: 12,
    connectStart: 12,
    secureConnectionStart: 0,
    connectEnd: 12,
  };
  const spans = account({ ...single, phases: { ...phases, ...kept } });

  expect(told(spans).slice(0, 4)).toEqual(["batch window 1", "request 1", "queued 11", "network 2"]);
});

test("without the browser's measurement the page's own marks are used", () => {
  expect(told(account({ ...single, phases: null, claims: [] }))).toEqual([
    "batch window 1",
    "request 0.5",
    "network 22.5",
    "download 3",
    "decode 2",
    "unaccounted 1",
  ]);
});

test("a server's claim longer than the wait is not used, and the detail says so", () => {
  const spans = account({ ...single, claims: [{ name: "db", ms: 11 }] });
  const doubted = spans.find((span) => span.detail);

  expect(doubted).toMatchObject({ name: "unaccounted", start: 23, end: 33 });
  expect(doubted?.detail).toBe("the server claims 11.00 ms, more than the 10.00 ms waited");
});

test("a part waited for its line, and decoding it is its last span", () => {
  const spans = account({ ...single, end: 32, line: { arrived: 31, decoded: 32 } });

  expect(told(spans).slice(-6)).toEqual([
    "network 1",
    "db 4",
    "serialize 1",
    "app (other) 1",
    "network 1",
    "decode 1",
  ]);
});

test("a line that came while the page was busy waited for the main thread, and not for the network", () => {
  const spans = account({ ...single, end: 840, line: { arrived: 836, decoded: 838 } });

  expect(told(spans).slice(-4)).toEqual(["network 3.5", "main thread 800", "decode 2", "unaccounted 2"]);
});

test("a request sent again after a failed batch has a span for that wait", () => {
  const call = { start: 10, actionId: 1, window: 10.5, waited: { until: 11.5, why: "a batch that failed" } };

  expect(account({ ...single, call })[1]).toEqual({
    name: "waiting for another",
    start: 10.5,
    end: 11.5,
    detail: "a batch that failed",
  });
});

test("an answer from the browser's cache has a span for reading it", () => {
  const names = account({ ...single, claims: [], fromBrowser: true }).map((span) => span.name);

  expect(names).not.toContain("network");
  expect(names).toContain("request");
});

test("for any measurement the spans have no gaps and sum to the wall time exactly", () => {
  const time = fc.double({ min: 0, max: 1e7, noNaN: true });
  const maybe = fc.option(time, { nil: undefined });
  const measured = fc.record({
    call: fc.record({
      start: time,
      actionId: fc.constant(1),
      window: time,
      waited: fc.option(fc.record({ until: time, why: fc.string() }), { nil: undefined }),
    }),
    end: time,
    marks: fc.record({ sent: maybe, headers: maybe, received: maybe, decoded: maybe }),
    phases: fc.option(fc.record(Object.fromEntries(Object.keys(phases).map((key) => [key, time]))), {
      nil: null,
    }),
    claims: fc.array(fc.record({ name: fc.constantFrom("db", "cache", "app (other)"), ms: time })),
    line: fc.option(fc.record({ arrived: time, decoded: time }), { nil: undefined }),
    fromBrowser: fc.boolean(),
  }) as fc.Arbitrary<Measured>;

  fc.assert(
    fc.property(measured, (input) => {
      const spans = account(input);
      const [start, end] = [exact(input.call.start), Math.max(exact(input.end), exact(input.call.start))];
      let at = start;
      for (const span of spans) {
        expect(span.start).toBe(at);
        expect(span.end).toBeGreaterThan(span.start);
        at = span.end;
      }
      expect(at).toBe(end);
      expect(spans.reduce((sum, span) => sum + (span.end - span.start), 0)).toBe(end - start);
    }),
    { numRuns: 500 },
  );
});
