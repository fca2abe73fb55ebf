// @vitest-environment node
import { expect, it } from "vitest";
import { cachedBy, wasStale } from "../src/headers/cacheStatus.ts";

const headers = (status: string) => ({ "cache-status": status });

it.each([
  ["roundtrip; fwd=uri-miss; stored", null, false],
  ["roundtrip; hit; ttl=57", "server-cache", false],
  ["roundtrip; hit; ttl=-3", "server-cache", true],
  ["roundtrip; fwd=uri-miss; stored, varnish; fwd=uri-miss; stored", null, false],
  ["roundtrip; hit; ttl=57, varnish; fwd=uri-miss; stored", "server-cache", false],
  ["roundtrip; fwd=uri-miss; stored, varnish; hit; ttl=42", "edge", false],
  ["roundtrip; hit; ttl=-3, varnish; hit; ttl=42", "edge", false],
  ["roundtrip; hit; ttl=57, varnish; hit; ttl=-8", "edge", true],
  ["varnish; hit; ttl=5", "edge", false],
  ['roundtrip; fwd=uri-miss, "a CDN"; hit', "edge", false],
  ["roundtrip; fwd=miss; detail=hit", null, false],
  ["", null, false],
] as const)("for %j the cache with the answer is %j", (status, by, stale) => {
  expect(cachedBy(headers(status))).toBe(by);
  expect(wasStale(headers(status))).toBe(stale);
});

it("is null without a report of a cache", () => {
  expect(cachedBy({})).toBeNull();
  expect(cachedBy(undefined)).toBeNull();
});
