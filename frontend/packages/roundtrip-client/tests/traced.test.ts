import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Answer, compose, type Request } from "../src/chain.ts";
import { batch } from "../src/techniques/batch.ts";
import { traced } from "../src/techniques/traced.ts";

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-01$/;
const sent: Request[] = [];
const record = async (request: Request): Promise<Answer> => {
  sent.push(request);
  return { status: 200, headers: {}, body: null };
};
const ask = (url: string, actionId = 1): Request => ({
  method: "GET",
  url,
  base: "/api",
  headers: { accept: "x" },
  call: { start: 0, actionId },
});
const ids = (request?: Request) => TRACEPARENT.exec(request?.headers.traceparent ?? "")?.slice(1) ?? [];
const pageTells = (...names: string[]) =>
  vi
    .spyOn(performance, "getEntriesByType")
    .mockReturnValue([
      { serverTiming: names.map((name) => ({ name, duration: 0, description: "" })) },
    ] as never);

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("location", new URL("https://site.example/flights/7"));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("the round trips of one action share a trace, and each has a parent of its own", async () => {
  const send = compose(traced({ when: () => true }), record);
  for (const actionId of [1, 1, 2]) await send(ask("/api/x", actionId));

  const [first, second, third] = sent.map(ids);
  expect(first).toHaveLength(2);
  expect(second?.[0]).toBe(first?.[0]);
  expect(second?.[1]).not.toBe(first?.[1]);
  expect(third?.[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(third?.[0]).not.toBe(first?.[0]);
  expect(sent[0]?.headers.accept).toBe("x");
});

test("a request to another origin names no trace", async () => {
  const send = compose(traced({ when: () => true }), record);
  await send(ask("https://other.example/api/x"));
  await send(ask("http://site.example/api/x"));
  await send(ask("//other.example/api/x"));
  await send(ask("https://site.example/api/x"));

  expect(sent.map((request) => "traceparent" in request.headers)).toEqual([false, false, false, true]);
});

test("a batch names a trace, and its parts do not", async () => {
  const send = compose(batch({ url: "/batch" }), traced({ when: () => true }), record);
  await Promise.allSettled([send(ask("/api/a")), send(ask("/api/b"))]);

  expect(sent[0]?.url).toBe("/api/batch");
  expect(ids(sent[0])).toHaveLength(2);
  expect(JSON.stringify(sent[0]?.body)).not.toContain("traceparent");
});

test("by default requests name a trace if the page's Server-Timing has one", async () => {
  const send = compose(traced(), record);
  pageTells("rid", "app");
  await send(ask("/api/x"));
  pageTells("rid", "traceparent");
  await send(ask("/api/x"));
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([]); // not in a page
  await send(ask("/api/x"));

  expect(sent.map((request) => "traceparent" in request.headers)).toEqual([false, true, false]);
});
