import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Line } from "../src/chain.ts";
import { overFetch } from "../src/techniques/overFetch.ts";
import { clientOf } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const call = { start: 0, actionId: 1 };

test("an answer of any status is returned", async () => {
  server.replies.set("/x", { status: 418, body: { title: "Teapot" } });
  const send = overFetch();

  await expect(send({ method: "GET", url: `${server.baseURL}/x`, headers: {}, call })).resolves.toMatchObject(
    {
      status: 418,
      body: { title: "Teapot" },
    },
  );
});

test("an error page in HTML is an answer without a body", async () => {
  server.replies.set("/x", {
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<h1>Bad Gateway",
  });
  const send = overFetch();

  await expect(send({ method: "GET", url: `${server.baseURL}/x`, headers: {}, call })).resolves.toMatchObject(
    {
      status: 502,
      body: null,
    },
  );
});

test("a success in HTML comes from a captive portal: it is a network error and is not stored", async () => {
  server.replies.set("/airlines/UA", { headers: { "content-type": "text/html" }, body: "<h1>Log in" });
  const client = clientOf(server.baseURL);
  const airline = { ...client.one("/airlines/{carrier}", { carrier: "UA" }, ["name"]), retry: false };

  await expect(client.queryClient.fetchQuery(airline)).rejects.toMatchObject({
    name: "ProblemError",
    kind: "network",
    title: "The server could not be reached",
    detail: "A captive portal or a proxy answered instead.",
  });

  server.replies.set("/airlines/UA", { body: { name: "United" } });
  await expect(client.queryClient.fetchQuery(airline)).resolves.toEqual({ name: "United" });
  expect(server.seen[1]?.headers["if-none-match"]).toBeUndefined();
});

test("a captive portal's answer to a batch is a network error", async () => {
  vi.stubGlobal(
    "fetch",
    async () => new Response("<h1>Log in", { headers: { "content-type": "text/html" } }),
  );
  const send = overFetch();

  await expect(
    send({ method: "POST", url: "/batch", headers: {}, call, onLine: () => {} }),
  ).rejects.toMatchObject({ kind: "network", detail: "A captive portal or a proxy answered instead." });
  vi.unstubAllGlobals();
});

/** A body with pauses of `ms` between its chunks. */
function dripping(chunks: number, ms: number, signal: AbortSignal | null | undefined): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(stream) {
      signal?.addEventListener("abort", () => stream.error(signal.reason));
      for (let n = 0; n < chunks; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        if (signal?.aborted) return;
        stream.enqueue(new TextEncoder().encode(n === 0 ? "[0" : `,${n}`));
      }
      stream.enqueue(new TextEncoder().encode("]"));
      stream.close();
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

test("a slow but steady answer arrives, however long it takes", async () => {
  vi.stubGlobal("fetch", async (_: string, { signal }: RequestInit) => dripping(8, 50, signal));
  const send = overFetch({ patience: 200 });

  const { body } = await send({ method: "GET", url: "/x", headers: {}, call });
  vi.unstubAllGlobals();

  expect(body).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("an answer that stops is a time-out, before its headers and after", async () => {
  server.replies.set("/x", { body: {}, after: 1_000 });
  const send = overFetch({ patience: 50 });

  await expect(send({ method: "GET", url: `${server.baseURL}/x`, headers: {}, call })).rejects.toMatchObject({
    kind: "timeout",
    title: "No answer in time",
  });
  server.batchFails = null;
  server.replies.set("/y", { body: {}, after: 1_000 });
  const requests = ["/z", "/y"].map((path, id) => ({ id: String(id), url: `/api/v1${path}`, headers: {} }));
  const lines: Line[] = [];
  const batch = { method: "POST", url: `${server.baseURL}/batch`, headers: {}, body: { requests }, call };
  await expect(
    overFetch({ patience: 300 })({ ...batch, onLine: (line) => lines.push(line) }),
  ).rejects.toMatchObject({ kind: "timeout" });
  expect(lines).toHaveLength(1);
});

test("a success without a body is no data", async () => {
  const headers = { "content-type": "application/json" };
  vi.stubGlobal("fetch", async () => new Response(null, { headers }));
  const send = overFetch();

  await expect(send({ method: "GET", url: "/x", headers: {}, call })).rejects.toMatchObject({
    kind: "network",
    detail: "The answer could not be read.",
  });
  vi.unstubAllGlobals();
});

test("lines are read whole as they come, even if a chunk ends inside a character", async () => {
  server.replies.set("/x", { body: "Zürich ✈".repeat(20_000) });
  const lines: Line[] = [];
  const send = overFetch();
  await send({
    method: "POST",
    url: `${server.baseURL}/batch`,
    headers: {},
    body: { requests: [{ id: "1", url: "/api/v1/x", headers: {} }] },
    call,
    onLine: (line) => lines.push(line),
  });

  expect(lines).toMatchObject([{ value: { id: "1", body: "Zürich ✈".repeat(20_000) } }]);
  expect(lines[0]?.bytes).toBeGreaterThan(20_000 * "Zürich ✈".length);
});

test("an unreadable answer is a network error, not an error of the page", async () => {
  server.replies.set("/x", { headers: { "content-type": "application/json" }, body: undefined });
  const send = overFetch();
  const url = server.baseURL.replace(/\d+\/api.*/, "1/x");

  await expect(send({ method: "GET", url, headers: {}, call })).rejects.toMatchObject({
    name: "ProblemError",
    kind: "network",
    status: 0,
  });
});

test("MessagePack is requested and read if the option is set", async () => {
  server.replies.set("/flights/1", { body: { id: 1 } });
  const client = clientOf(server.baseURL, { format: "msgpack" });

  await expect(
    client.queryClient.fetchQuery(client.one("/flights/{id}", { id: 1 }, ["id"])),
  ).resolves.toEqual({
    id: 1,
  });
  expect(client.timings.getSnapshot().roundTrips[0]?.responseHeaders["content-type"]).toBe(
    "application/msgpack",
  );
});

test("a 304 is an answer, even if the browser gives it an empty body", async () => {
  const empty = { body: { value: new ReadableStream({ start: (stream) => stream.close() }) } };
  vi.stubGlobal("fetch", async () => Object.defineProperties(new Response(null, { status: 304 }), empty));
  const { signal } = new AbortController();
  const send = overFetch();

  await expect(send({ method: "GET", url: "/x", headers: {}, call, signal })).resolves.toMatchObject({
    status: 304,
  });
  vi.unstubAllGlobals();
});
