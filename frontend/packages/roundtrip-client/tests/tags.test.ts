import { InfiniteQueryObserver, QueryObserver } from "@tanstack/query-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cacheGroups, invalidatedGroups } from "../src/headers/cacheGroups.ts";
import { clientOf, type TestClient } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
let client: TestClient;
/** The server's value, which a write raises. */
let version: number;

const FLIGHTS = { "cache-groups": '"flights", "airlines"' };

beforeEach(async () => {
  server = await startServer();
  client = clientOf(server.baseURL);
  version = 1;
  server.replies.set("/flights", (url) => {
    const after = url.searchParams.get("after");
    const item = { id: after ? 2 : 1, origin: "JFK", dest: `v${version}` };
    return { headers: FLIGHTS, body: { items: [item], next: after ? null : "c1" } };
  });
  server.replies.set("/flights/7", () => ({
    headers: FLIGHTS,
    body: { id: 7, origin: "JFK", dest: `v${version}` },
  }));
  server.replies.set("/planes", () => ({
    headers: { "cache-groups": '"planes"' },
    body: { items: [], next: null },
  }));
});
afterEach(async () => {
  client.queryClient.clear();
  vi.useRealTimers();
  await server.close();
});

const asked = () => server.seen.map(({ method, url }) => `${method} ${url}`);

test("an invalidated tag makes all pages of a list old", async () => {
  const list = client.list("/flights", {}, ["id", "dest"]);
  const observer = new InfiniteQueryObserver(client.queryClient, list);
  observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().hasNextPage).toBe(true);
  await observer.fetchNextPage();
  version = 2;

  await client.invalidate({ tag: "flights" });

  const { data } = observer.getCurrentResult();
  expect(data?.pages.flatMap(({ items }) => items.map(({ dest }) => dest))).toEqual(["v2", "v2"]);
});

test("TanStack's own invalidateQueries makes the pages after the first old too", async () => {
  const list = client.list("/flights", {}, ["id", "dest"]);
  const observer = new InfiniteQueryObserver(client.queryClient, list);
  observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().hasNextPage).toBe(true);
  await observer.fetchNextPage();
  version = 2;

  await client.queryClient.invalidateQueries({ queryKey: list.queryKey });

  const { data } = observer.getCurrentResult();
  expect(data?.pages.flatMap(({ items }) => items.map(({ dest }) => dest))).toEqual(["v2", "v2"]);
});

test("an answer narrowed from an invalidated one is old too, and requested again if it is on the screen", async () => {
  await client.queryClient.fetchQuery(client.one("/flights/{id}", { id: 7 }, ["id", "origin", "dest"]));
  const observer = new QueryObserver(client.queryClient, client.one("/flights/{id}", { id: 7 }, ["dest"]));
  observer.subscribe(() => {});
  expect(observer.getCurrentResult().data).toEqual({ dest: "v1" });
  version = 2;

  await client.invalidate({ tag: "airlines" });

  expect(observer.getCurrentResult().data).toMatchObject({ dest: "v2" });
});

test("a narrowed answer that is invalidated by its key is not taken from the wider one again", async () => {
  await client.queryClient.fetchQuery(client.one("/flights/{id}", { id: 7 }, ["id", "origin", "dest"]));
  const narrow = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  const observer = new QueryObserver(client.queryClient, narrow);
  observer.subscribe(() => {});
  version = 2;

  await client.queryClient.invalidateQueries({ queryKey: narrow.queryKey });

  expect(observer.getCurrentResult().data).toMatchObject({ dest: "v2" });
});

test("an invalidated answer that is not on the screen is requested at its next use, and no other answer is", async () => {
  const flight = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  const planes = client.one("/planes", {}, ["model"]);
  await client.queryClient.fetchQuery(flight);
  await client.queryClient.fetchQuery(planes);

  await client.invalidate({ tag: "flights" });
  expect(server.seen).toHaveLength(2);
  await client.queryClient.fetchQuery(flight);
  await client.queryClient.fetchQuery(planes);

  expect(asked().slice(2)).toEqual(["GET /flights/7?fields=dest"]);
});

test("an invalidated answer is requested with its validator, past the browser's cache", async () => {
  const flight = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  const before = await client.queryClient.fetchQuery(flight);
  await client.invalidate({ tag: "flights" });

  await expect(client.queryClient.fetchQuery(flight)).resolves.toBe(before);

  expect(server.seen[1]?.headers["if-none-match"]).toMatch(/^W\//);
  expect(client.timings.getSnapshot().roundTrips[1]?.status).toBe(304);
});

test("the parts of a batch carry their tags", async () => {
  const flight = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  const planes = client.one("/planes", {}, ["model"]);
  await Promise.all([client.queryClient.fetchQuery(flight), client.queryClient.fetchQuery(planes)]);
  await client.invalidate({ tag: "planes" });
  await Promise.all([client.queryClient.fetchQuery(flight), client.queryClient.fetchQuery(planes)]);

  expect(asked()).toEqual(["POST /batch", "GET /planes?fields=model"]);
});

test("the answer to a write names the tags that it invalidates", async () => {
  const flight = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  await client.queryClient.fetchQuery(flight);
  server.replies.set("/reviews", { headers: { "cache-group-invalidation": '"flights"' }, body: { id: 1 } });
  version = 2;

  await expect(client.send("POST", "/reviews", { body: { stars: 5 } })).resolves.toEqual({ id: 1 });

  await expect(client.queryClient.fetchQuery(flight)).resolves.toMatchObject({ dest: "v2" });
});

test("the answers to a GET and to a refused write invalidate nothing, even with the header", async () => {
  const flight = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  await client.queryClient.fetchQuery(flight);
  const headers = { "cache-group-invalidation": '"flights"' };
  server.replies.set("/airlines", { headers, body: { items: [], next: null } });
  server.replies.set("/reviews", { status: 409, headers, body: { title: "Conflict" } });

  await client.queryClient.fetchQuery(client.one("/airlines", {}, ["name"]));
  await expect(client.send("POST", "/reviews", { body: {} })).rejects.toMatchObject({ status: 409 });
  await client.queryClient.fetchQuery(flight);

  expect(asked()).toEqual(["GET /flights/7?fields=dest", "GET /airlines?fields=name", "POST /reviews"]);
});

test("an answer that was under way during the write is old when it comes", async () => {
  server.replies.set("/flights/7", { headers: FLIGHTS, body: { dest: "v1" }, after: 50 });
  const flight = client.one("/flights/{id}", { id: 7 }, ["dest"]);
  const early = client.queryClient.fetchQuery(flight);
  await expect.poll(() => server.seen).toHaveLength(1);
  await client.invalidate({ tag: "flights" });
  await early;

  server.replies.set("/flights/7", { headers: FLIGHTS, body: { dest: "v2" } });
  await expect(client.queryClient.fetchQuery(flight)).resolves.toMatchObject({ dest: "v2" });
});

test.each([
  ['"flights", "airlines"', ["flights", "airlines"]],
  ['"flight:7";a=1 ,  "a \\"b\\" \\\\"', ["flight:7", 'a "b" \\']],
  ["flights", []],
  ['"open', []],
  ["", []],
])("the tags of %s are %j", (header, tags) => {
  expect(cacheGroups({ "cache-groups": header })).toEqual(tags);
  expect(invalidatedGroups({ "cache-group-invalidation": header })).toEqual(tags);
});
