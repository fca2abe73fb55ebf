import { createTimings, timed } from "roundtrip-client";
import { beforeEach, expect, test } from "vitest";
import type { Ask, Side } from "./half";
import { sample } from "./sample";

let entries: Partial<PerformanceResourceTiming>[] = [];

beforeEach(() => {
  entries = [];
  const named = (name: string) => entries.filter((entry) => entry.name === name);
  Object.assign(performance, { getEntriesByName: named, clearResourceTimings: () => undefined });
});

/** A static file: no rid. The browser tells of it, or not, with the bytes that came over the wire. */
const file =
  (wire: number | null): Side =>
  async (ask) => {
    const send = timed(ask.timings)(async ({ url, marks = {} }) => {
      const startTime = performance.now();
      marks.bytes = 500;
      const name = new URL(url, location.href).href;
      if (wire !== null) entries.push({ name, startTime, transferSize: wire, decodedBodySize: 500 });
      return { status: 200, headers: {}, body: "" };
    });
    return (await send({ method: "GET", url: `/assets/${wire}.js`, headers: {}, call: ask.call() })).body;
  };

function sampled(side: Side) {
  const timings = createTimings(() => false);
  const { signal } = new AbortController();
  const send = async () => ({ status: 200, headers: {}, body: null });
  const ask: Ask = { number: 0, timings, signal, send, call: timings.call, get: async () => null };
  return sample(side, ask, "a side");
}

test("a static file's own entry tells what came over the wire, and the server's time is not known", async () => {
  const { measures, trips } = await sampled(file(800));
  expect(measures).toMatchObject({ trips: 1, wire: 800, decoded: 500 });
  expect(measures).not.toHaveProperty("server");
  expect(trips).toHaveLength(1);
});

test("a file out of the browser's cache is no round trip", async () => {
  const { measures, trips } = await sampled(file(0));
  expect(measures).toMatchObject({ trips: 0, wire: 0, decoded: 500 });
  expect(trips).toMatchObject([{ url: "/assets/0.js", cached: true }]); // drawn, for it took its time
});

test("a file without a browser's measurement has no bytes and no round trip", async () => {
  const { measures } = await sampled(async (ask) => [await file(null)(ask), await file(800)(ask)]);
  expect(measures).not.toHaveProperty("wire");
  expect(measures).not.toHaveProperty("trips");
});

test("requests that a side left under way are awaited, outside its wall time", async () => {
  const { measures, trips } = await sampled(async (ask) => {
    const send = timed(ask.timings)(async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { status: 200, headers: {}, body: null };
    });
    void send({ method: "POST", url: "/late", headers: {}, call: ask.call() });
  });
  expect(trips[0]?.end).toBeGreaterThan(measures.wall ?? Number.POSITIVE_INFINITY);
});

test("tells when each answer was here, in order, from the start of the sample", async () => {
  const { arrivals, measures } = await sampled(async (ask) => {
    const send = (ms: number) =>
      timed(ask.timings)(async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return { status: 200, headers: {}, body: null };
      })({ method: "GET", url: `/${ms}`, headers: {}, call: ask.call() });
    await Promise.all([send(80), send(20)]);
  });
  expect(arrivals).toHaveLength(2);
  const [first = 0, second = 0] = arrivals;
  expect(first).toBeGreaterThanOrEqual(19);
  expect(second).toBeGreaterThan(first);
  expect(second).toBeLessThanOrEqual(measures.wall ?? 0);
});
