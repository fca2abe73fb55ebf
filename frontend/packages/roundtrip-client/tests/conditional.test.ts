import { afterEach, beforeEach, expect, test } from "vitest";
import { createAnswers } from "../src/techniques/response_cache.ts";
import { clientOf, type TestClient } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await startServer();
  client = clientOf(server.baseURL);
});
afterEach(() => server.close());

const airlines = () => client.one("/airlines", {}, ["name"]);
const refetch = () => client.queryClient.fetchQuery({ ...airlines(), staleTime: 0 });

test("a second request sends the validator, and a 304 gives the stored data", async () => {
  server.replies.set("/airlines", { body: { items: [{ name: "United" }], next: null } });

  const first = await refetch();
  const second = await refetch();

  expect(server.seen[0]?.headers["if-none-match"]).toBeUndefined();
  expect(server.seen[1]?.headers["if-none-match"]).toMatch(/^W\//);
  expect(client.timings.getSnapshot().roundTrips.map((trip) => trip.status)).toEqual([200, 304]);
  expect(second).toBe(first);
});

test("a changed answer and its validator replace the stored ones", async () => {
  server.replies.set("/airlines", { body: { items: [{ name: "US Airways" }], next: null } });
  await refetch();
  server.replies.set("/airlines", { body: { items: [{ name: "American" }], next: null } });

  await expect(refetch()).resolves.toEqual({ items: [{ name: "American" }], next: null });
  await refetch();

  expect(client.timings.getSnapshot().roundTrips.map((trip) => trip.status)).toEqual([200, 200, 304]);
});

test("the parts of a batch are conditional too", async () => {
  const all = () =>
    Promise.all([
      refetch(),
      client.queryClient.fetchQuery({ ...client.one("/planes", {}, ["year"]), staleTime: 0 }),
    ]);
  const before = await all();
  const after = await all();

  expect(server.seen).toHaveLength(2);
  await expect.poll(() => client.timings.getSnapshot().roundTrips[1]?.state).toBe("done");
  expect(client.timings.getSnapshot().roundTrips[1]?.parts.map((part) => part.source)).toEqual([
    "304",
    "304",
  ]);
  expect(after).toEqual(before);
});

test("a 304 makes the stored answer fresh again", async () => {
  await refetch();
  await refetch();
  const { queryKey, staleTime } = airlines();
  const query = client.queryClient.getQueryCache().find({ queryKey });

  expect(query && staleTime(query)).toBeGreaterThan(59_000);
});

test("an error is not stored as an answer", async () => {
  server.replies.set("/airlines", { status: 500, body: { title: "Internal Server Error", status: 500 } });
  await expect(refetch()).rejects.toMatchObject({ status: 500 });
  server.replies.clear();
  await refetch();

  expect(server.seen.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
});

test("an answer with an invalidated tag is old in whatever chain it is kept", () => {
  const answers = createAnswers();
  const held = { body: null, headers: { etag: '"1"', "cache-groups": '"flights", "airlines"' }, at: 0 };
  answers.set("a", held);
  answers.set("b", { ...held, headers: { "cache-groups": '"planes"' } });

  answers.invalidate(["airlines"]);

  expect(answers.get("a")).toMatchObject({ old: true, headers: { etag: '"1"' } });
  expect(answers.get("b")?.old).toBeUndefined();
});

test("the least recently used answer is dropped when there are too many", () => {
  const answers = createAnswers(2);
  const held = { body: null, headers: {}, at: 0 };
  answers.set("a", held);
  answers.set("b", held);
  answers.get("a");
  answers.set("c", held);

  expect(["a", "b", "c"].map((url) => answers.get(url) !== undefined)).toEqual([true, false, true]);
});
