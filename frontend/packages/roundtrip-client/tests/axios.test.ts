import axios, { AxiosError } from "axios";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asAdapter, throughAxios } from "../src/axios.ts";
import { batch, compose, conditional, createClient, overFetch, timed } from "../src/index.ts";
import type { paths } from "./api.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const instance = () =>
  axios.create({
    baseURL: server.baseURL,
    adapter: asAdapter(compose(conditional(), batch({ url: "/batch" }), overFetch())),
  });
const methods = () => server.seen.map(({ method, url }) => `${method} ${url}`);

test("an axios instance batches the requests of one tick, and its answers are axios responses", async () => {
  server.replies.set("/flights/1", { headers: { "x-kind": "flight" }, body: { id: 1 } });
  const http = instance();

  const [one, two] = await Promise.all([
    http.get("/flights/1"),
    http.get("/flights", { params: { origin: "JFK" } }),
  ]);

  expect(methods()).toEqual(["POST /batch"]);
  expect(server.seen[0]?.parts.map(({ url }) => url)).toEqual([
    "/api/v1/flights/1",
    "/api/v1/flights?origin=JFK",
  ]);
  expect(one).toMatchObject({ status: 200, data: { id: 1 } });
  expect(one.headers["x-kind"]).toBe("flight");
  expect(two.data).toEqual({ url: "/flights?origin=JFK" });
});

test("interceptors, headers and validators work as before", async () => {
  const http = instance();
  http.interceptors.request.use((config) => {
    config.headers.set("X-Tenant", "acme");
    return config;
  });
  http.interceptors.response.use((response) => ({ ...response, data: { seen: response.data } }));

  await http.get("/flights/1");
  const { data } = await http.get("/flights/1");

  expect(data).toEqual({ seen: { url: "/flights/1" } });
  expect(server.seen[1]?.headers).toMatchObject({ "x-tenant": "acme", "if-none-match": expect.any(String) });
});

test("a refusal is an AxiosError with its response", async () => {
  server.replies.set("/flights/1", { status: 404, body: { title: "Not Found", status: 404 } });

  const failure = await instance()
    .get("/flights/1")
    .catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(AxiosError);
  expect(failure).toMatchObject({
    code: "ERR_BAD_REQUEST",
    response: { status: 404, data: { title: "Not Found" } },
  });
});

test("a request without an answer fails with axios's error code", async () => {
  server.replies.set("/flights/1", { body: {}, after: 500 });

  await expect(instance().get("/flights/1", { timeout: 50 })).rejects.toMatchObject({ code: "ETIMEDOUT" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(instance().get("/flights/1")).rejects.toMatchObject({ code: "ERR_NETWORK" });
  vi.unstubAllGlobals();
});

test("a cancelled request fails with axios's cancellation", async () => {
  const leaving = new AbortController();
  const answer = instance().get("/flights/1", { signal: leaving.signal });
  leaving.abort();

  const failure = await answer.catch((error: unknown) => error);
  expect(axios.isCancel(failure)).toBe(true);
});

test("a write's body is sent once, as JSON", async () => {
  server.replies.set("/reviews", { status: 201, body: { id: 1 } });
  const { status, data } = await instance().post("/reviews", { stars: 5 });

  expect([status, data]).toEqual([201, { id: 1 }]);
  expect(server.seen[0]?.headers["content-type"]).toBe("application/json");
  expect(server.seen[0]?.body).toEqual({ stars: 5 });
});

test("a client through axios has its interceptors, its own errors, and the same record", async () => {
  const seen: string[] = [];
  const client = createClient<paths, "/api/v1">({
    baseURL: server.baseURL,
    steps: [
      throughAxios((adapter) => {
        const http = axios.create({ adapter });
        http.interceptors.request.use((config) => {
          seen.push(config.url ?? "");
          return config;
        });
        return http;
      }),
      conditional(),
      batch({ url: "/batch" }),
      timed(),
    ],
  });
  server.replies.set("/flights/1", {
    status: 404,
    body: { title: "Not Found", status: 404, detail: "No flight 1." },
  });
  const ask = (id: number) => client.queryClient.fetchQuery(client.one("/flights/{id}", { id }, ["id"]));

  const [missing, found] = await Promise.allSettled([ask(1), ask(2)]);

  expect(missing).toMatchObject({ reason: { name: "ProblemError", status: 404, detail: "No flight 1." } });
  expect(found.status).toBe("fulfilled");
  expect(methods()).toEqual(["POST /batch"]);
  expect(server.seen[0]?.parts[0]?.headers).toEqual({});
  expect(seen).toEqual([1, 2].map((id) => `${server.baseURL}/flights/${id}?fields=id`));
  await expect.poll(() => client.timings.getSnapshot().roundTrips[0]?.parts.length).toBe(2);

  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(client.send("POST", "/reviews", { body: {} })).rejects.toMatchObject({ kind: "network" });
  vi.unstubAllGlobals();
});
