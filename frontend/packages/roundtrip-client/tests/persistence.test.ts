import { QueryObserver } from "@tanstack/query-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Storage } from "../src/client/persistence.ts";
import { clientOf, type TestClient } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
let kept: Map<string, unknown>;
let storage: Storage;

beforeEach(async () => {
  server = await startServer();
  server.cacheControl = "max-age=0, stale-while-revalidate=600";
  server.replies.set("/airlines", { body: { items: [{ name: "United" }], next: null } });
  kept = new Map();
  storage = {
    get: async (key) => structuredClone(kept.get(key)),
    set: async (key, value) => void kept.set(key, structuredClone(value)),
    del: async (key) => void kept.delete(key),
  };
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

/** A visit to the page: a new client with the storage that visits share. */
async function visit(): Promise<TestClient> {
  const client = clientOf(server.baseURL, { storage });
  await client.restore();
  return client;
}

const airlines = (client: TestClient) => client.one("/airlines", {}, ["name"]);

async function visitAndLeave(ask: (client: TestClient) => Promise<unknown>): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const client = await visit();
  await ask(client);
  await vi.advanceTimersByTimeAsync(2_000);
  vi.useRealTimers();
}

test("a reload shows the last data at once, and revalidates it", async () => {
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));

  const client = await visit();
  const observer = new QueryObserver(client.queryClient, airlines(client));
  expect(observer.getCurrentResult().data).toEqual({ items: [{ name: "United" }], next: null });
  observer.subscribe(() => {});

  await expect.poll(() => client.timings.getSnapshot().roundTrips[0]?.status).toBe(304);
  client.queryClient.clear();
});

test("new data is stored soon, for a reload right after, and then at most every two seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
  const saved = vi.spyOn(storage, "set");
  const client = await visit();
  const ask = () => client.queryClient.fetchQuery({ ...airlines(client), staleTime: 0 });

  await ask();
  await vi.advanceTimersByTimeAsync(200);
  expect(saved).toHaveBeenCalledTimes(1);

  await ask();
  await vi.advanceTimersByTimeAsync(1_900);
  expect(saved).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(saved).toHaveBeenCalledTimes(2);
});

test("a save waits until the browser is idle, if the browser reports that", async () => {
  const idle = vi.fn<(run: () => void) => number>();
  vi.stubGlobal("requestIdleCallback", idle);
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));
  vi.unstubAllGlobals();

  expect(kept.size).toBe(0);
  idle.mock.calls[0]?.[0]();
  await expect.poll(() => kept.size).toBe(1);
});

test("data that is still fresh after a reload is not requested again", async () => {
  server.cacheControl = "max-age=60";
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));

  const client = await visit();
  await client.queryClient.fetchQuery(airlines(client));

  expect(server.seen).toHaveLength(1);
});

test("data that a write invalidated is not shown after a reload", async () => {
  server.replies.set("/airlines", {
    headers: { "cache-groups": '"airlines"' },
    body: { items: [{ name: "United" }], next: null },
  });
  await visitAndLeave(async (client) => {
    await client.queryClient.fetchQuery(airlines(client));
    await vi.advanceTimersByTimeAsync(2_000);
    await client.invalidate({ tag: "airlines" });
  });

  const client = await visit();

  expect(client.queryClient.getQueryData(airlines(client).queryKey)).toBeUndefined();
});

test("data stored while the clock was a year ahead is neither shown nor fresh", async () => {
  server.cacheControl = "max-age=60, stale-while-revalidate=600";
  const now = Date.now();
  vi.setSystemTime(now + 365 * 86_400_000);
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));
  vi.setSystemTime(now);

  const client = await visit();
  expect(client.queryClient.getQueryData(airlines(client).queryKey)).toBeUndefined();
  await client.queryClient.fetchQuery(airlines(client));
  expect(server.seen).toHaveLength(2);
});

test.each([
  ["a number", 42],
  ["null", null],
  ["answers that are none", { client: { clientState: { queries: [] } }, answers: 5 }],
  ["an object of another program", { client: { theme: "dark" }, answers: "none" }],
  [
    "queries of another program",
    { client: { clientState: { queries: [{ queryKey: ["x"] }] } }, answers: [] },
  ],
])("%s under our key is overwritten, and persistence goes on", async (_, foreign) => {
  kept.set(`roundtrip ${server.baseURL}`, foreign);
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));

  const client = await visit();

  expect(client.queryClient.getQueryData(airlines(client).queryKey)).toBeDefined();
});

test("data past its stale-while-revalidate is not restored", async () => {
  server.cacheControl = "max-age=0";
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));

  const client = await visit();

  expect(client.queryClient.getQueryData(airlines(client).queryKey)).toBeUndefined();
});

test("only the first page of an infinite list is stored", async () => {
  server.replies.set("/flights", (url) => {
    const after = url.searchParams.get("after");
    return { body: { items: [{ id: after ? 2 : 1 }], next: after ? null : "c" } };
  });
  const list = (client: TestClient) => client.list("/flights", {}, ["id"]);
  await visitAndLeave((client) => client.queryClient.fetchInfiniteQuery({ ...list(client), pages: 2 }));
  expect(server.seen).toHaveLength(2);

  const client = await visit();

  expect(client.queryClient.getQueryData(list(client).queryKey)?.pages).toEqual([
    { items: [{ id: 1 }], next: "c" },
  ]);
});

test("the stored data is bounded: the newest queries, up to a million characters", async () => {
  server.replies.set("/planes", (url) => {
    const name = url.searchParams.get("q");
    return { body: { items: [{ model: `${name}`.repeat(400_000) }], next: null } };
  });
  await visitAndLeave(async (client) => {
    for (const q of ["a", "b", "c"]) {
      await client.queryClient.fetchQuery(client.one("/planes", { q }, ["model"]));
      await new Promise((resolve) => setImmediate(resolve));
      vi.setSystemTime(Date.now() + 1);
    }
  });

  const client = await visit();
  const queries = client.queryClient.getQueryCache().getAll();

  expect(queries.map(({ queryKey }) => queryKey[2]).sort()).toEqual(["q=b", "q=c"]);
});

test("data stored by an older version is deleted", async () => {
  await visitAndLeave((client) => client.queryClient.fetchQuery(airlines(client)));
  for (const value of kept.values()) (value as { client: { buster: string } }).client.buster = "0";

  const client = await visit();

  expect(client.queryClient.getQueryCache().getAll()).toEqual([]);
  expect(kept.size).toBe(0);
});

test.each([
  ["forbidden", () => Promise.reject(new Error("forbidden"))],
  ["hanging", () => new Promise<never>(() => {})],
])("with a storage that is %s only the persistence is missing", async (_, broken) => {
  storage = { get: broken, set: broken, del: broken };
  const client = await visit();

  await expect(client.queryClient.fetchQuery(airlines(client))).resolves.toBeDefined();
});
