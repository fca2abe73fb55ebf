import { expect, test } from "vitest";
import { freshness } from "../src/headers/freshness.ts";

const NOW = Date.parse("2026-01-01T00:10:00Z");
const seconds = (headers: Record<string, string>) => {
  const { freshUntil, usableUntil } = freshness(headers, NOW, NOW);
  return [freshUntil - NOW, usableUntil - NOW].map((ms) => ms / 1000);
};

test("an answer is fresh for its max-age, and then usable for its stale-while-revalidate", () => {
  expect(seconds({ "cache-control": "public, max-age=60, stale-while-revalidate=600" })).toEqual([60, 660]);
});

test("without Cache-Control an answer is never fresh", () => {
  expect(seconds({})).toEqual([0, 0]);
});

test("no-cache and no-store make an answer stale at once", () => {
  expect(seconds({ "cache-control": "no-cache, max-age=60" })[0]).toBe(0);
  expect(seconds({ "cache-control": "no-store" })[0]).toBe(0);
});

test("s-maxage is for shared caches and is not taken for max-age", () => {
  expect(seconds({ "cache-control": "s-maxage=600, max-age=5" })[0]).toBe(5);
});

test("the Age from caches on the way is subtracted", () => {
  expect(seconds({ "cache-control": "max-age=60", age: "45" })[0]).toBe(15);
});

test("the age of a browser's copy follows from its Date", () => {
  expect(seconds({ "cache-control": "max-age=60", date: "Thu, 01 Jan 2026 00:09:30 GMT" })[0]).toBe(30);
});

test("an answer from after now is neither fresh nor usable: the clock was wrong", () => {
  const headers = { "cache-control": "max-age=60, stale-while-revalidate=600" };
  expect(freshness(headers, NOW + 1_000, NOW)).toEqual({ freshUntil: 0, usableUntil: 0 });
});

test("a Date in the future makes nothing fresher", () => {
  expect(seconds({ "cache-control": "max-age=60", date: "Thu, 01 Jan 2026 00:20:00 GMT" })[0]).toBe(60);
});
