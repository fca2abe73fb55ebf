/** Each example does what its first line says, against a real server. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { askTogether } from "../examples/batch.ts";
import { askTwice } from "../examples/conditional.ts";
import { nameOfTheAirline } from "../examples/fields.ts";
import { clientOf, onClick, onPointerRest } from "../examples/prefetch.ts";
import { askFiveTimes } from "../examples/response_cache.ts";
import { startServer, type TestServer } from "./server.ts";

const FLIGHT = { id: 7, airline: { name: "United Air Lines" } };
let server: TestServer;

beforeEach(async () => {
  server = await startServer();
  server.replies.set("/flights/7", { body: FLIGHT });
});
afterEach(() => server.close());

test("two questions share one round trip", async () => {
  expect(await askTogether(server.baseURL)).toHaveLength(2);
  expect(server.seen.map(({ url }) => url)).toEqual(["/batch"]);
  expect(server.seen[0]?.parts).toHaveLength(2);
});

test("the second time a 304 confirms the answer", async () => {
  const { answers, statuses } = await askTwice(server.baseURL);
  expect(statuses).toEqual([200, 304]);
  expect(answers[1]).toBe(answers[0]);
});

test("five components send one request", async () => {
  expect(new Set(await askFiveTimes(server.baseURL)).size).toBe(1);
  expect(server.seen).toHaveLength(1);
});

test("only the named fields are requested", async () => {
  expect(await nameOfTheAirline(server.baseURL)).toBe("United Air Lines");
  expect(server.seen[0]?.url).toBe("/flights/7?fields=airline.name,id");
});

test("a click uses the prefetched answer", async () => {
  const client = clientOf(server.baseURL);
  await onPointerRest(client);
  expect(await onClick(client)).toEqual(FLIGHT);
  expect(server.seen).toHaveLength(1);
});
