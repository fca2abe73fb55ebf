import { afterEach, beforeEach, expect, test } from "vitest";
import { startServer, type TestServer } from "../test/server";
import { type Client, createClient } from "./client";

let server: TestServer;
let client: Client;

beforeEach(async () => {
  server = await startServer();
  client = createClient({ baseURL: server.baseURL });
});
afterEach(() => server.close());

const ask = (id: number) => client.queryClient.fetchQuery(client.detail("flights", id, ["id"]));

test("requests made in the same tick share one round trip", async () => {
  const answers = await Promise.all([ask(1), ask(2), ask(3)]);

  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /batch"]);
  expect(server.seen[0]?.parts.map((part) => part.url)).toEqual(
    [1, 2, 3].map((id) => `/api/v1/flights/${id}?fields=id`),
  );
  expect(answers).toEqual([1, 2, 3].map((id) => ({ url: `/flights/${id}?fields=id` })));
});

test("a request alone in its tick is a plain GET", async () => {
  await ask(1);
  await ask(2);

  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /flights/1?fields=id",
    "GET /flights/2?fields=id",
  ]);
});

test("a part is answered when its line arrives, not when the batch ends", async () => {
  server.replies.set("/flights/1", { body: "slow", after: 80 });
  const order: unknown[] = [];

  await Promise.all([ask(1), ask(2)].map((answer) => answer.then((body) => order.push(body))));

  expect(order).toEqual([{ url: "/flights/2?fields=id" }, "slow"]);
  expect(server.seen).toHaveLength(1);
});

test("more requests than the server takes at once become several batches, and one left over a GET", async () => {
  await Promise.all(Array.from({ length: 41 }, (_, id) => ask(id)));

  expect(server.seen.map(({ method, parts }) => [method, parts.length]).sort()).toEqual([
    ["GET", 0],
    ["POST", 20],
    ["POST", 20],
  ]);
});

test("when the whole batch is refused, every part is asked singly", async () => {
  server.batchFails = { status: 503 };

  await expect(Promise.all([ask(1), ask(2)])).resolves.toHaveLength(2);

  expect(server.seen.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
});

test("when a batch breaks off, only the parts without an answer are asked singly", async () => {
  server.batchFails = { afterLines: 1 };
  server.replies.set("/flights/2", { body: { id: 2 }, after: 30 });

  await expect(Promise.all([ask(1), ask(2)])).resolves.toHaveLength(2);

  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST /batch",
    "GET /flights/2?fields=id",
  ]);
});

test("a part that fails fails alone", async () => {
  server.replies.set("/flights/1", {
    status: 404,
    body: { title: "Not Found", status: 404, detail: "No flight 1." },
  });

  const [missing, found] = await Promise.allSettled([ask(1), ask(2)]);

  expect(missing).toMatchObject({
    status: "rejected",
    reason: { kind: "problem", status: 404, detail: "No flight 1." },
  });
  expect(found?.status).toBe("fulfilled");
  expect(server.seen).toHaveLength(1);
});

test("a part that is cancelled leaves the others in the batch", async () => {
  server.replies.set("/flights/1", { body: {}, after: 50 });
  server.replies.set("/flights/2", { body: { id: 2 }, after: 50 });
  const [first, second] = [client.detail("flights", 1, ["id"]), client.detail("flights", 2, ["id"])];
  const left = client.queryClient.fetchQuery(first);
  const stayed = client.queryClient.fetchQuery(second);
  await expect.poll(() => server.seen).toHaveLength(1);

  await client.queryClient.cancelQueries({ queryKey: first.queryKey });

  await expect(left).rejects.toThrow();
  await expect(stayed).resolves.toEqual({ id: 2 });
  expect(server.seen).toHaveLength(1);
});

test("when all its parts are cancelled, the batch is aborted on the wire", async () => {
  server.replies.set("/flights/1", { body: {}, after: 500 });
  server.replies.set("/flights/2", { body: {}, after: 500 });
  const all = Promise.allSettled([ask(1), ask(2)]);
  await expect.poll(() => server.seen).toHaveLength(1);

  await client.queryClient.cancelQueries();
  await all;

  await expect.poll(() => server.seen[0]?.closedEarly).toBe(true);
  await expect.poll(() => client.timings.getSnapshot().roundTrips[0]?.state).toBe("cancelled");
  expect(server.seen).toHaveLength(1);
});

test("a request that is cancelled before its tick is over is never sent", async () => {
  const answers = Promise.allSettled([ask(1), ask(2)]);
  void client.queryClient.cancelQueries();

  await answers;

  expect(server.seen).toEqual([]);
});
