import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Send } from "../src/chain.ts";
import { ProblemError, retryDelay } from "../src/errors.ts";
import { batch } from "../src/techniques/batch.ts";
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

test("too many requests for one batch become several batches, and a single one left over is a GET", async () => {
  await Promise.all(Array.from({ length: 41 }, (_, id) => ask(id)));

  expect(server.seen.map(({ method, parts }) => [method, parts.length]).sort()).toEqual([
    ["GET", 0],
    ["POST", 20],
    ["POST", 20],
  ]);
});

const methods = () => server.seen.map(({ method }) => method);
const ONE_SECOND = { "retry-after": "1" };

test.each([429, 503])(
  "a batch refused with %i is refused for all its parts, and not split",
  async (status) => {
    server.batchFails = { status };

    const answers = await Promise.allSettled([ask(1), ask(2), ask(3)]);

    expect(answers).toMatchObject(Array(3).fill({ status: "rejected", reason: { kind: "problem", status } }));
    expect(methods()).toEqual(["POST"]);
  },
);

test("a batch refused with Retry-After is sent again as one batch, not before that time", async () => {
  server.batchFails = { status: 503, headers: ONE_SECOND, times: 1 };
  const began = performance.now();

  await expect(Promise.all([ask(1), ask(2)])).resolves.toHaveLength(2);

  expect(performance.now() - began).toBeGreaterThanOrEqual(1000);
  expect(methods()).toEqual(["POST", "POST"]);
  expect(server.seen[1]?.parts).toHaveLength(2);
});

test("a batch that is refused twice fails: no part is sent alone", async () => {
  server.batchFails = { status: 503, headers: ONE_SECOND };

  const answers = await Promise.allSettled([ask(1), ask(2)]);

  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(methods()).toEqual(["POST", "POST"]);
});

test("two clients that are refused at the same moment try again at different moments", () => {
  const wait = () => retryDelay(0, new ProblemError({ title: "", status: 503, retryAfter: 1000 }));
  const waits = Array.from({ length: 20 }, wait);

  expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(50);
});

test("one deadline holds for a batch and its second try", async () => {
  const send = vi.fn<Send>(async () => ({ status: 503, headers: { "retry-after": "2" }, body: null }));
  const late = batch({ url: "/batch", deadline: 1_000 })(send);

  await expect(Promise.all([get(late, "/1"), get(late, "/2")])).resolves.toMatchObject([
    { status: 503 },
    { status: 503 },
  ]);
  expect(send).toHaveBeenCalledTimes(1);

  const soon = batch({ url: "/batch", deadline: 10_000 })(send);
  await Promise.all([get(soon, "/1"), get(soon, "/2")]);
  expect(send).toHaveBeenCalledTimes(3);
  expect(send.mock.calls[2]?.[0].patience).toBeLessThan(8_000);
});

test.each([404, 405, 413, 415])(
  "if the server does not take the batch (%i), the parts are sent one by one",
  async (status) => {
    server.batchFails = { status };

    await expect(Promise.all([ask(1), ask(2)])).resolves.toHaveLength(2);

    expect(methods()).toEqual(["POST", "GET", "GET"]);
  },
);

test("if a proxy fails the batch and then the first part alone, no other part is sent", async () => {
  const page = { status: 502, headers: {}, body: null };
  const send = vi.fn<Send>(async () => page);
  const shared = batch({ url: "/batch" })(send);
  const twenty = Array.from({ length: 20 }, (_, id) => get(shared, `/${id}`));

  await expect(Promise.all(twenty)).resolves.toMatchObject(Array(20).fill({ status: 502 }));

  expect(send).toHaveBeenCalledTimes(2);
});

test("if a captive portal answers everything, twenty parts make three requests", async () => {
  const fetched = vi.fn(async () => new Response("<h1>Log in", { headers: { "content-type": "text/html" } }));
  vi.stubGlobal("fetch", fetched);

  const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, id) => ask(id + 1)));
  vi.unstubAllGlobals();

  expect(answers.every(({ status }) => status === "rejected")).toBe(true);
  expect(fetched).toHaveBeenCalledTimes(3); // the batch, the batch once more, one part alone
});

test("if only the batch cannot be reached, every part is sent alone", async () => {
  const direct = globalThis.fetch;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
    init.method === "POST" ? Promise.reject(new TypeError("Failed to fetch")) : direct(url, init),
  );

  await expect(Promise.all([ask(1), ask(2), ask(3)])).resolves.toHaveLength(3);
  vi.unstubAllGlobals();
});

/** Asks a chain directly. */
function get(send: Send, url: string, signal?: AbortSignal) {
  return send({ method: "GET", url, headers: {}, signal, call: { start: performance.now() } });
}

test("a request that was aborted before it was sent is rejected at once", async () => {
  const send = vi.fn<Send>();
  const shared = batch({ url: "/batch" })(send);

  const answer = get(shared, "/1", AbortSignal.abort());

  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  expect(send).not.toHaveBeenCalled();
});

test("a batch is aborted when all its parts are aborted", async () => {
  let signal: AbortSignal | undefined;
  const shared = batch({ url: "/batch" })((request) => {
    signal = request.signal;
    return new Promise((_, reject) =>
      request.signal?.addEventListener("abort", () => reject(signal?.reason)),
    );
  });
  const leaving = new AbortController();
  const answers = [get(shared, "/1", leaving.signal), get(shared, "/2", leaving.signal)];
  await Promise.resolve();

  leaving.abort();

  await expect(Promise.allSettled(answers)).resolves.toMatchObject(
    Array(2).fill({ reason: { name: "AbortError" } }),
  );
  expect(signal?.aborted).toBe(true);
});

test("requests of two APIs do not share a batch", async () => {
  const send = vi.fn<Send>(async () => ({ status: 200, headers: {}, body: null }));
  const shared = batch({ url: "/batch" })(send);
  const ask = (base: string, url: string) =>
    shared({ method: "GET", base, url: base + url, headers: {}, call: { start: 0 } });

  await Promise.all([ask("/a", "/1"), ask("/b", "/1")]);

  expect(send.mock.calls.map(([{ url }]) => url).sort()).toEqual(["/a/1", "/b/1"]);
});

test("a part has the age of its batch", async () => {
  server.batchHeaders = { age: "40", date: new Date().toUTCString() };
  server.cacheControl = "max-age=30";
  await Promise.all([ask(1), ask(2)]);
  await ask(1);

  expect(server.seen).toHaveLength(2); // it was no longer fresh
});

test("when a batch breaks off, only the parts without an answer are sent alone", async () => {
  server.batchFails = { afterLines: 1 };
  server.replies.set("/flights/2", { body: { id: 2 }, after: 30 });

  await expect(Promise.all([ask(1), ask(2)])).resolves.toHaveLength(2);

  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST /batch",
    "GET /flights/2?fields=id",
  ]);
});

test("a part that fails does not affect the other parts", async () => {
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
  const [first, second] = [
    client.one("/flights/{id}", { id: 1 }, ["id"]),
    client.one("/flights/{id}", { id: 2 }, ["id"]),
  ];
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
