import { InfiniteQueryObserver, QueryObserver } from "@tanstack/query-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OneQuery } from "../src/client/api.ts";
import { clientOf, type TestClient } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await startServer();
  client = clientOf(server.baseURL);
});
afterEach(async () => {
  client.queryClient.clear();
  vi.useRealTimers();
  await server.close();
});

const FLIGHT = { id: 7, dest: "LAX", plane: { year: 1999, model: "A320" } };
const wide = () => client.one("/flights/{id}", { id: 7 }, ["id", "dest", "plane"]);
const narrow = () => client.one("/flights/{id}", { id: 7 }, ["plane.year", "id"]);

const fetch = <T>(options: OneQuery<T>) => client.queryClient.fetchQuery(options);

/** Does the same as a component when it is shown. */
function show<T>(options: OneQuery<T>) {
  const observer = new QueryObserver(client.queryClient, options);
  const hide = observer.subscribe(() => {});
  return { data: () => observer.getCurrentResult().data, hide };
}

test("components with the same query share one request", async () => {
  const answers = await Promise.all([fetch(wide()), fetch(wide()), fetch(wide())]);

  expect(server.seen).toHaveLength(1);
  expect(new Set(answers).size).toBe(1);
});

test("another order or repeats of fields and filters cause no second request", async () => {
  await client.queryClient.fetchQuery(
    client.one("/flights", { origin: "JFK", sort: "-delay" }, ["id", "dest"]),
  );
  await client.queryClient.fetchQuery(
    client.one("/flights", { sort: "-delay", dest: null, origin: "JFK" }, ["dest", "id", "id"]),
  );

  expect(server.seen.map(({ url }) => url)).toEqual(["/flights?origin=JFK&sort=-delay&fields=dest,id"]);
});

test("an answer is fresh as long as its Cache-Control says, and no longer", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  server.cacheControl = "max-age=30";
  await fetch(wide());

  vi.setSystemTime(Date.now() + 28_000);
  await fetch(wide());
  expect(server.seen).toHaveLength(1);

  vi.setSystemTime(Date.now() + 3_000);
  await fetch(wide());
  expect(server.seen).toHaveLength(2);
});

test("a question within the fields of a fresh answer is answered from it, without a request", async () => {
  server.replies.set("/flights/7", { body: FLIGHT });
  await fetch(wide());
  client.timings.begin("look closer");

  const shown = show(narrow());
  expect(shown.data()).toEqual({ id: 7, plane: { year: 1999 } });
  await Promise.resolve();

  expect(server.seen).toHaveLength(1);
  expect(client.timings.getSnapshot().memoryHits).toMatchObject([
    { key: "/flights/7?fields=id,plane.year", reason: "its fields are within those of an answer in memory" },
  ]);
});

test("a question within a stale answer shows it at once and asks anew", async () => {
  server.cacheControl = "max-age=0";
  server.replies.set("/flights/7", { body: FLIGHT });
  await fetch(wide());

  const shown = show(narrow());

  expect(shown.data()).toEqual({ id: 7, plane: { year: 1999 } });
  await expect.poll(() => server.seen.at(-1)?.url).toBe("/flights/7?fields=id,plane.year");
});

test("an answer with other filters, or fewer fields, answers nothing else", async () => {
  await client.queryClient.fetchQuery(client.one("/flights", { origin: "JFK", dest: "LAX" }, ["id", "dest"]));
  await client.queryClient.fetchQuery(client.one("/flights", { origin: "JFK" }, ["id"]));
  await client.queryClient.fetchQuery(client.one("/flights", { origin: "JFK" }, ["id", "dest"]));

  expect(server.seen).toHaveLength(3);
});

test("a stale answer is replaced from a wider and fresher one", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  server.replies.set("/flights/7", { body: FLIGHT });
  await fetch(narrow());
  vi.setSystemTime(Date.now() + 50_000);
  await fetch(wide());
  vi.setSystemTime(Date.now() + 20_000);

  await fetch(narrow());

  expect(server.seen).toHaveLength(2);
});

test("a fresh answer in memory is counted for the action that needed it, once", async () => {
  await fetch(wide());
  show(wide()).hide();
  await Promise.resolve();
  expect(client.timings.getSnapshot().memoryHits).toEqual([]); // this action sent the request itself

  const { id } = client.timings.begin("come back");
  show(wide());
  show(wide());
  await Promise.resolve();

  expect(client.timings.getSnapshot().memoryHits).toMatchObject([{ actionId: id, reason: "still fresh" }]);
});

test("a query that is already under way causes no second request", async () => {
  server.replies.set("/flights/7", { body: FLIGHT, after: 30 });
  const prefetched = client.queryClient.prefetchQuery(wide());
  client.timings.begin("click");
  show(wide());
  await prefetched;

  expect(server.seen).toHaveLength(1);
  expect(client.timings.getSnapshot().memoryHits).toMatchObject([{ reason: "asked already, and under way" }]);
});

test("a component that unmounts cancels its request", async () => {
  server.replies.set("/flights/7", { body: FLIGHT, after: 500 });
  const shown = show(wide());
  await expect.poll(() => server.seen).toHaveLength(1);

  shown.hide();

  await expect.poll(() => server.seen[0]?.closedEarly).toBe(true);
  await expect.poll(() => client.timings.getSnapshot().roundTrips[0]?.state).toBe("cancelled");
});

test("a list continues from its cursor until there is none", async () => {
  server.replies.set("/flights", (url) => {
    const after = url.searchParams.get("after");
    return { body: { items: [{ id: after ? 2 : 1 }], next: after ? null : "c:1" } };
  });
  const observer = new InfiniteQueryObserver(client.queryClient, client.list("/flights", {}, ["id"]));
  observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().hasNextPage).toBe(true);

  const { data, hasNextPage } = await observer.fetchNextPage();

  expect(data?.pages.flatMap((page) => page.items)).toEqual([{ id: 1 }, { id: 2 }]);
  expect(hasNextPage).toBe(false);
  expect(server.seen.map(({ url }) => url)).toEqual(["/flights?fields=id", "/flights?fields=id&after=c:1"]);
});

test("pages that are still fresh are not requested again with the first page", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  server.replies.set("/flights", (url) => {
    const after = url.searchParams.get("after");
    return { body: { items: [{ id: after ? 2 : 1 }], next: after ? null : "c1" } };
  });
  const list = client.list("/flights", {}, ["id"]);
  const observer = new InfiniteQueryObserver(client.queryClient, list);
  observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().hasNextPage).toBe(true);
  vi.setSystemTime(Date.now() + 50_000);
  await observer.fetchNextPage();
  vi.setSystemTime(Date.now() + 20_000);

  await observer.refetch();

  expect(server.seen.map(({ url }) => url)).toEqual([
    "/flights?fields=id",
    "/flights?fields=id&after=c1",
    "/flights?fields=id",
  ]);
});

test("a clock that is set back makes an answer in memory old", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await fetch(wide());
  vi.setSystemTime(Date.now() - 3_600_000);

  await fetch(wide());

  expect(server.seen).toHaveLength(2);
});

test("a list begins anew if the server no longer accepts its cursor", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  let secret = "old";
  server.replies.set("/flights", (url) => {
    const after = url.searchParams.get("after");
    if (after !== null && after !== secret) {
      const errors = [{ parameter: "after", detail: "This is no cursor of ours." }];
      return { status: 400, body: { title: "Bad Request", status: 400, errors } };
    }
    return { body: { items: [{ id: after ? 2 : 1 }], next: after ? null : secret } };
  });
  const observer = new InfiniteQueryObserver(client.queryClient, client.list("/flights", {}, ["id"]));
  observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().hasNextPage).toBe(true);
  secret = "new";
  vi.setSystemTime(Date.now() + 10_000);

  await observer.fetchNextPage().catch(() => {});
  await expect.poll(() => observer.getCurrentResult().data?.pages[0]).toMatchObject({ next: "new" });
  const { data } = await observer.fetchNextPage();

  expect(data?.pages.flatMap((page) => page.items)).toEqual([{ id: 1 }, { id: 2 }]);
  expect(server.seen[2]?.headers["if-none-match"]).toBeUndefined();
});

test("a server that rejects its own cursors does not cause endless requests", async () => {
  server.replies.set("/flights", (url) =>
    url.searchParams.has("after")
      ? {
          status: 400,
          body: { title: "Bad Request", status: 400, errors: [{ parameter: "after", detail: "" }] },
        }
      : { body: { items: [{ id: 1 }], next: "c" } },
  );
  const observer = new InfiniteQueryObserver(client.queryClient, client.list("/flights", {}, ["id"]));
  observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().hasNextPage).toBe(true);

  await observer.fetchNextPage();

  await expect.poll(() => observer.getCurrentResult().isFetchNextPageError).toBe(true);
  expect(server.seen).toHaveLength(2);
});

test("a wider list answers a narrower one, page for page", async () => {
  server.replies.set("/flights", { body: { items: [{ id: 1, dest: "LAX" }], next: "c" } });
  await client.queryClient.fetchInfiniteQuery(client.list("/flights", {}, ["id", "dest"]));

  const narrower = await client.queryClient.fetchInfiniteQuery(client.list("/flights", {}, ["id"]));

  expect(narrower).toEqual({ pages: [{ items: [{ id: 1 }], next: "c" }], pageParams: [null] });
  expect(server.seen).toHaveLength(1);
});

test("a refusal is an error with the server's text, and is not retried", async () => {
  const problem = {
    title: "Bad Request",
    status: 400,
    detail: "No field named gate.",
    errors: [{ parameter: "fields" }],
  };
  server.replies.set("/flights/7", { status: 400, body: problem });

  await expect(fetch(wide())).rejects.toMatchObject({ kind: "problem", ...problem });
  expect(server.seen).toHaveLength(1);
});

test("a network error is retried", async () => {
  await server.close();
  const answer = fetch(wide());
  const failure = await answer.catch((error: unknown) => error);
  const query = client.queryClient.getQueryCache().find({ queryKey: wide().queryKey });

  expect(failure).toMatchObject({ kind: "network", status: 0 });
  expect(query?.state.fetchFailureCount).toBeGreaterThan(0);
  server = await startServer();
});

test("offline, a question fails at once and says why", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  await server.close();

  await expect(fetch(wide())).rejects.toMatchObject({ kind: "offline" });
  vi.unstubAllGlobals();
  server = await startServer();
});
