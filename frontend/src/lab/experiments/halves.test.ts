import type { Answer, Request } from "roundtrip-client";
import { createTimings, timed } from "roundtrip-client";
import { expect, test, vi } from "vitest";
import type { Ask, Half } from "../half";
import assets from "./assets";
import batch from "./batch";
import clientCache from "./client_cache";
import edge from "./edge";
import everything from "./everything";
import httpCache from "./http_cache";
import prefetch from "./prefetch";
import streaming from "./streaming";

const KEYS = { carrier: "UA", flight: 15, origin: "EWR", sched_dep: "2013-01-01T13:44:00" };

/** A server that echoes each URL, with the validator "e". */
function answered({ url, headers }: { url: string; headers: Request["headers"] }): Answer {
  if (headers["If-None-Match"] === '"e"') return { status: 304, headers: { etag: '"e"' }, body: null };
  const urls = [1, 2, 3, 4, 5, 6].map((n) => `/api/v1/flights/${n}`);
  return {
    status: 200,
    headers: { etag: '"e"' },
    body: { url: url.replace(/\?.*part=/, ""), urls, ...KEYS },
  };
}

async function run(half: Half, side: string) {
  const seen: Request[] = [];
  const timings = createTimings();
  const send = async (request: Request): Promise<Answer> => {
    seen.push(request);
    if (request.method === "GET") return answered(request);
    const { requests } = request.body as {
      requests: { id: string; url: string; headers: Request["headers"] }[];
    };
    const lines = requests.map((part) => ({
      ...answered({ ...part, headers: part.headers ?? {} }),
      id: part.id,
    }));
    for (const value of lines) request.onLine?.({ value, bytes: 0, arrived: 0, decoded: 0 });
    return { status: 200, headers: {}, body: { responses: lines } };
  };
  const { signal } = new AbortController();
  const ask: Ask = { number: 7, send, timings, signal, call: timings.call, get: async (part) => ({ part }) };
  await half.before?.(ask, side);
  const prepared = seen.splice(0);
  const content = await half.sides[side]?.(ask);
  return { content, seen, prepared };
}

test.each<[string, Half, number[]]>([
  ["batch", batch, [6, 6, 1]],
  ["streaming", streaming, [1, 1]],
  ["http_cache", httpCache, [1, 1, 1]],
  ["client_cache", clientCache, [5, 1]],
  ["prefetch", prefetch, [1, 0]],
])("all sides of %s have the same content, by their own number of exchanges", async (_, half, exchanges) => {
  const runs = [];
  for (const side of Object.keys(half.sides)) runs.push(await run(half, side));

  expect(runs.map(({ seen }) => seen.length)).toEqual(exchanges);
  for (const { content } of runs) expect(content).toEqual(runs[0]?.content);
});

test("a batch carries the six questions", async () => {
  const { seen } = await run(batch, "one_batch");
  expect(seen[0]?.parts?.size).toBe(6);
});

test("before a batch is compared, the server is asked for each answer as every side asks for it", async () => {
  const { prepared, seen } = await run(batch, "one_by_one");
  const single = prepared.filter(({ method }) => method === "GET").map(({ url }) => url);
  expect(single).toEqual(expect.arrayContaining(seen.map(({ url }) => url)));
  expect(prepared.filter(({ method }) => method === "POST").map(({ parts }) => parts?.size)).toEqual([6]);
});

test("both sides of streaming wait for the same report, under a key that no cache knows", async () => {
  const reports = [];
  for (const side of ["whole", "streamed"]) {
    const { seen } = await run(streaming, side);
    const report = [...(seen[0]?.parts?.values() ?? [])]
      .map(({ url }) => url)
      .filter((url) => url.includes("/delays?"));
    reports.push(new URLSearchParams(report[0]?.split("?")[1]));
  }
  expect(reports.map((report) => report.get("from"))).toEqual(["2013-08-09", "2013-08-09"]);
  expect(new Set(reports.map((report) => report.get("to"))).size).toBe(2);
});

test("the whole page is one batch of the six that the server names", async () => {
  const { seen } = await run(everything, "all_on");
  expect(seen.map(({ parts }) => parts?.size)).toEqual([6]);
});

test("the sides of the browser's cache differ in the validator that they send", async () => {
  const sent = [];
  for (const side of ["full", "not_modified", "browser_cache"]) {
    sent.push((await run(httpCache, side)).seen[0]?.headers["If-None-Match"]);
  }
  expect(sent).toEqual(['"none"', '"e"', undefined]);
});

/** A server that says what its caches did, one after another and then the last again. */
function behindEdge(...statuses: string[]) {
  const asked: Request[] = [];
  const timings = createTimings();
  const { signal } = new AbortController();
  const send = async (request: Request): Promise<Answer> => {
    const status = statuses[Math.min(asked.length, statuses.length - 1)] ?? "";
    asked.push(request);
    return { status: 200, headers: { "cache-status": status }, body: { items: [1] } };
  };
  const ask: Ask = { number: 7, send, timings, signal, call: timings.call, get: async () => null };
  return { ask, asked };
}

const BY_API = "roundtrip; hit; ttl=299, varnish; fwd=uri-miss";
const BY_EDGE = "roundtrip; hit; ttl=299, varnish; hit; ttl=299";

test.each<["api" | "edge", string]>([
  ["api", BY_API],
  ["edge", BY_EDGE],
])("before the side %s is measured, who answers it has a fresh copy", async (side, last) => {
  const old = "roundtrip; hit; ttl=-9, varnish; fwd=uri-miss";
  const { ask, asked } = behindEdge(
    "roundtrip; fwd=uri-miss; stored, varnish; fwd=uri-miss; stored",
    old,
    last,
  );
  await edge.before(ask, side);
  expect(asked).toHaveLength(3);
  expect(await edge.sides[side](ask)).toEqual({ items: [1] });
  expect(new Set(asked.map(({ url }) => url))).toEqual(
    new Set([`/api/lab/experiments/edge/${side}?number=7`]),
  );
  for (const { headers } of asked) expect(headers["If-None-Match"]).toBe('"none"');
});

test("a run ends where no edge keeps anything", async () => {
  const { ask, asked } = behindEdge(BY_API);
  await expect(edge.before(ask, "edge")).rejects.toThrow("No edge has kept the answer");
  expect(asked).toHaveLength(20);
});

test("every side of the assets visits each file of the page twice, the first time past the cache", async () => {
  const asked: [string, RequestCache | undefined][] = [];
  vi.stubGlobal("fetch", async (url: string, { cache }: RequestInit) => {
    if (url === "/")
      return new Response('<script src="/assets/a-1.js"></script><link href="/assets/b-2.css">');
    asked.push([url, cache]);
    return new Response(`text of ${/part=1|b-2/.test(url) ? "b" : "a"}`);
  });
  const contents = [];
  for (const side of ["plain", "compressed", "immutable"]) contents.push((await run(assets, side)).content);
  vi.unstubAllGlobals();

  expect(contents).toEqual(Array(3).fill(Array(2).fill(["text of a", "text of b"])));
  expect(asked.map(([, cache]) => cache).slice(0, 4)).toEqual(["reload", "reload", "default", "default"]);
  expect(asked.map(([url]) => url).slice(-4)).toEqual(
    Array(2).fill(["/assets/a-1.js", "/assets/b-2.css"]).flat(),
  );
});

test("a prefetch is recorded with the click that needs it", async () => {
  const timings = createTimings();
  const { signal } = new AbortController();
  const send: Ask["send"] = timed(timings)(async () => ({ status: 200, headers: {}, body: KEYS }));
  const ask: Ask = { number: 7, send, timings, signal, call: timings.call, get: async () => null };
  await prefetch.before(ask, "intent");
  timings.clear();
  const clicked = performance.now();
  await prefetch.sides.intent(ask);

  const { roundTrips } = timings.getSnapshot();
  expect(roundTrips).toHaveLength(1);
  expect(roundTrips[0]?.start).toBeLessThan(clicked);
});
