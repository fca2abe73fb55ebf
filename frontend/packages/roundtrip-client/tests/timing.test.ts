import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer, Request } from "../src/chain.ts";
import { createTimings, type RoundTrip, type TimingStore, timed } from "../src/techniques/timing/timing.ts";
import { clientOf, type TestClient } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await startServer();
  client = clientOf(server.baseURL);
});
afterEach(() => server.close());

const ask = (id: number) => client.queryClient.fetchQuery(client.one("/flights/{id}", { id }, ["id"]));
const trips = () => client.timings.getSnapshot().roundTrips;
const sum = (spans: RoundTrip["spans"]) => spans.reduce((total, { start, end }) => total + end - start, 0);

test("a single request is recorded from call to data", async () => {
  await ask(1);

  expect(trips()).toMatchObject([
    {
      kind: "single",
      method: "GET",
      url: `${server.baseURL}/flights/1?fields=id`,
      state: "done",
      status: 200,
      source: "server",
      statements: 1,
      freshTiming: true,
      bytes: { decoded: 30 },
      parts: [],
    },
  ]);
  expect(trips()[0]?.spans.map((span) => span.name)).toEqual(
    expect.arrayContaining(["network", "db", "serialize"]),
  );
  expect(trips()[0]?.reason).toContain(
    "alone in its tick; the server made it, with 1 SQL statement; longest was ",
  );
});

test("a batch is one round trip with its parts", async () => {
  await Promise.all([ask(1), ask(2)]);
  await expect.poll(() => trips()[0]?.state).toBe("done");

  const [trip] = trips();
  expect(trip).toMatchObject({ kind: "batch", url: `${server.baseURL}/batch`, statements: 2 });
  expect(trip?.end).toBe(Math.max(...(trip?.parts.map((part) => part.end ?? 0) ?? [])));
  expect(trip?.parts).toMatchObject(
    [1, 2].map((id) => ({ url: `${server.baseURL}/flights/${id}?fields=id`, status: 200 })),
  );
  expect(trip?.parts[0]?.spans.at(-1)?.name).toBe("decode");
});

test("the spans of real round trips and of their parts add up to the wall time", async () => {
  await Promise.all([ask(1), ask(2), ask(3)]);
  await ask(4);
  await expect.poll(() => trips().map((trip) => trip.state)).toEqual(["done", "done"]);

  const records = trips().flatMap((trip) => [trip, ...trip.parts]);
  expect(records).toHaveLength(5);
  for (const { start, end, spans } of records) {
    expect(sum(spans)).toBe((end ?? 0) - start);
    expect(end).toBeGreaterThan(start);
  }
});

test("the reason of a request sent alone after a failed batch says so", async () => {
  server.batchFails = { status: 404 };
  await Promise.all([ask(1), ask(2)]);

  const [batch, single] = trips();
  expect(batch?.reason).toContain("refused with 404");
  expect(single?.reason).toContain("asked alone, after a batch that failed: the server answered 404");
  expect(single?.start).toBe(batch?.parts[0]?.start);
});

test("round trips belong to the action that was begun last", async () => {
  await ask(1);
  const action = client.timings.begin("open flight 2");
  await ask(2);
  client.timings.markRender(action.id, action.start + 50);

  expect(trips().map((trip) => trip.actionId)).toEqual([1, action.id]);
  expect(client.timings.getSnapshot().actions).toMatchObject([
    { label: "page load", rendered: null },
    { label: "open flight 2", rendered: action.start + 50 },
  ]);
});

test("a record after the computer slept has the right time of day", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const slept = 2.5 * 3_600_000;
  await ask(1);
  vi.setSystemTime(Date.now() + slept); // performance.now() stood still meanwhile
  client.timings.begin("come back");
  await ask(2);
  vi.useRealTimers();

  const [before, after] = trips().map(({ epoch, start }) => epoch + start);
  expect((after ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(slept - 1_000);
  const [load, back] = client.timings.getSnapshot().actions;
  expect((back?.epoch ?? 0) - (load?.epoch ?? 0)).toBeGreaterThanOrEqual(slept - 1_000);
});

test("a round trip is recorded while it is under way", async () => {
  server.replies.set("/flights/1", { body: {}, after: 30 });
  const answer = ask(1);
  await expect.poll(trips).toMatchObject([{ state: "pending", end: null, spans: [] }]);
  await answer;
  expect(trips()).toMatchObject([{ state: "done" }]);
});

test("the cost of the recording is recorded", async () => {
  await ask(1);

  const { ms, records } = client.timings.getSnapshot().overhead;
  expect(records).toBe(2);
  expect(ms).toBeGreaterThan(0);
  expect(ms).toBeLessThan(20);
});

test("while paused nothing is recorded, and requests go on", async () => {
  client.timings.pause(true);
  await ask(1);

  expect(trips()).toEqual([]);
  expect(server.seen).toHaveLength(1);
});

test("a round trip that was cleared while under way does not come back", async () => {
  server.replies.set("/flights/1", { body: {}, after: 30 });
  const answer = ask(1);
  await expect.poll(trips).toHaveLength(1);
  client.timings.clear();
  await answer;

  expect(trips()).toEqual([]);
});

test("a snapshot shares its unchanged parts with the one before, and listeners are called once a tick", async () => {
  await ask(1);
  const before = client.timings.getSnapshot();
  const listener = vi.fn();
  const unsubscribe = client.timings.subscribe(listener);

  client.timings.begin("one");
  client.timings.begin("two");
  await Promise.resolve();
  const after = client.timings.getSnapshot();
  unsubscribe();
  client.timings.begin("three");
  await Promise.resolve();

  expect(listener).toHaveBeenCalledTimes(1);
  expect(after).not.toBe(before);
  expect(after.roundTrips).toBe(before.roundTrips);
  expect(client.timings.getSnapshot()).toBe(client.timings.getSnapshot());
});

/** A simulated browser with Resource Timing: the test hands its entries to the store. */
function measuredBrowser() {
  let give: (entry: PerformanceResourceTiming) => void = () => {};
  const timings = createTimings((onEntry) => {
    give = onEntry;
    return true;
  });
  const answer = { status: 200, headers: { "server-timing": "", "cache-status": "" }, body: {} };
  const exchange = async (
    timings: TimingStore,
    rid: string,
    headers: Request["headers"] = {},
    told: Answer["headers"] = {},
  ) => {
    const timing = `rid;desc="${rid}", app;dur=0.01, db;dur=0.004;desc="2 statements"`;
    const send = timed(timings)(async ({ marks = {} }): Promise<Answer> => {
      marks.sent = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 4));
      marks.headers = marks.received = marks.decoded = performance.now();
      return { ...answer, headers: { "server-timing": timing, ...told } };
    });
    await send({ method: "GET", url: "/api/v1/flights", headers, call: timings.call() });
    return timings.getSnapshot().roundTrips.at(-1);
  };
  const entry = (rid: string, trip: RoundTrip | undefined, sizes: Partial<PerformanceResourceTiming>) => {
    const from = (trip?.start ?? 0) + 1;
    give({
      startTime: from,
      domainLookupStart: from,
      domainLookupEnd: from,
      connectStart: from,
      secureConnectionStart: 0,
      connectEnd: from,
      requestStart: from + 0.5,
      responseStart: from + 1.5,
      responseEnd: from + 2,
      transferSize: 900,
      encodedBodySize: 600,
      decodedBodySize: 2000,
      serverTiming: [{ name: "rid", description: rid, duration: 0 }],
      ...sizes,
    } as unknown as PerformanceResourceTiming);
    return timings.getSnapshot().roundTrips.find((known) => known.id === trip?.id);
  };
  return {
    timings,
    exchange: (rid: string, headers?: Request["headers"], told?: Answer["headers"]) =>
      exchange(timings, rid, headers, told),
    entry,
  };
}

test("the browser's measurement is matched by the request id, and refines the spans", async () => {
  const { exchange, entry } = measuredBrowser();
  const before = await exchange("a");
  await exchange("b");
  const after = entry("a", before, {});

  expect(before?.spans.map((span) => span.name)).not.toContain("queued");
  expect(after?.spans.map((span) => span.name)).toContain("queued");
  expect(after?.bytes.wire).toBe(900);
  expect(sum(after?.spans ?? [])).toBe((after?.end ?? 0) - (after?.start ?? 0));
});

test("a plain GET's Server-Timing is not shown until the browser's measurement rules out a replay", async () => {
  const { exchange, entry } = measuredBrowser();
  const before = await exchange("a");
  expect(before).toMatchObject({ freshTiming: false, statements: null });

  expect(entry("a", before, {})).toMatchObject({ freshTiming: true, statements: 2, source: "server" });
});

test("an answer without transferred bytes is from the browser's cache, and its Server-Timing is a replay", async () => {
  const { exchange, entry } = measuredBrowser();
  const trip = entry("old", await exchange("old"), { transferSize: 0 });

  expect(trip).toMatchObject({ source: "browser", freshTiming: false, statements: null, bytes: { wire: 0 } });
  expect(trip?.spans.map((span) => span.name)).not.toContain("db");
  expect(trip?.reason).toContain("the browser had a fresh copy");
});

test("a request id that was seen before always means a replay", async () => {
  const { exchange } = measuredBrowser();
  await exchange("a");

  expect(await exchange("a")).toMatchObject({ source: "browser", freshTiming: false });
});

test("an answer that the browser itself revalidated is shown as a 304", async () => {
  const { exchange, entry } = measuredBrowser();

  expect(entry("a", await exchange("a"), { transferSize: 300 })).toMatchObject({
    source: "304",
    freshTiming: true,
  });
});

test("a request with our own validator goes past the browser's cache, so its timing is current at once", async () => {
  const { exchange } = measuredBrowser();

  expect(await exchange("a", { "If-None-Match": 'W/"1"' })).toMatchObject({
    freshTiming: true,
    statements: 2,
  });
});

test("an answer from a cache on the way has the source edge, and its spans add up without a server", async () => {
  const { exchange, entry } = measuredBrowser();
  const trip = await exchange(
    "a",
    {},
    {
      "server-timing": 'rid;desc="a", cache;desc="hit"',
      "cache-status": "roundtrip; fwd=uri-miss; stored, varnish; hit; ttl=42",
    },
  );
  const after = entry("a", trip, { nextHopProtocol: "h2" });

  expect(after).toMatchObject({ source: "edge", freshTiming: true, statements: 0, protocol: "h2" });
  expect(after?.reason).toContain("a cache on the way had it");
  expect(after?.spans.map((span) => span.name)).not.toContain("cache");
  expect(sum(after?.spans ?? [])).toBe((after?.end ?? 0) - (after?.start ?? 0));
});

test("at most 500 round trips are kept, the newest", async () => {
  const timings = createTimings(() => false);
  const send = timed(timings)(async () => ({ status: 200, headers: {}, body: null }));
  for (let n = 0; n < 510; n += 1) {
    await send({ method: "GET", url: `/${n}`, headers: {}, call: timings.call() });
  }

  const { roundTrips } = timings.getSnapshot();
  expect(roundTrips).toHaveLength(500);
  expect(roundTrips.at(-1)?.url).toBe("/509");
});
