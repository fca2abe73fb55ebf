import { beforeEach, expect, test, vi } from "vitest";
import { forgetResults, keep, keptResults } from "./kept";
import type { Result } from "./types";

const times = (about: number, rounds = 30) => Array.from({ length: rounds }, (_, n) => about + (n % 5) / 10);

function result(slow: number[], fast: number[], aa = false): Result {
  const side = (name: string, wall: number[]) => ({
    name,
    label: `the ${name} side`,
    samples: { wall },
    median: [],
  });
  return {
    version: 1,
    experiment: "batch",
    settings: { seconds: 10, precision: 0.05, rounds: 200, warmup: 3, aa, seed: 1 },
    environment: {
      network: "100 ms",
      protocol: "h2",
      at: "2026-11-30T08:00:00.000Z",
    } as Result["environment"],
    sides: [side("slow", slow), side("between", slow), side("fast", fast)],
    ended: "precise",
  };
}

beforeEach(forgetResults);

test("the last result of an experiment is kept, the first side against the last", () => {
  keep(result(times(20), times(20)));
  keep(result(times(60), times(20)));
  expect(keptResults()).toEqual({
    batch: {
      from: "the slow side",
      to: "the fast side",
      kind: "faster",
      text: "about 3.0 times faster",
      ratio: expect.closeTo(3, 1),
      low: expect.closeTo(3, 1),
      high: expect.closeTo(3, 1),
      network: "100 ms, h2",
      at: "2026-11-30",
    },
  });
});

test("too few rounds, and fast against fast, are not kept", () => {
  keep(result(times(60, 11), times(20, 11)));
  keep(result(times(60), times(20), true));
  expect(keptResults()).toEqual({});
});

test("a median of zero is kept as a number", () => {
  keep(
    result(
      times(60),
      Array.from({ length: 30 }, () => 0),
    ),
  );
  expect(keptResults().batch?.ratio).toBe(1e6);
});

test("what stands in the storage and is no result is left out", () => {
  keep(result(times(60), times(20)));
  const [key = ""] = Object.keys(localStorage);
  const stored = JSON.parse(localStorage.getItem(key) ?? "");
  localStorage.setItem(key, JSON.stringify({ ...stored, a: null, b: { ratio: "3" }, c: { ratio: -1 } }));
  expect(Object.keys(keptResults())).toEqual(["batch"]);
  localStorage.setItem(key, "nonsense");
  expect(keptResults()).toEqual({});
});

test("a browser without storage keeps nothing, and nothing breaks", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full");
  });
  keep(result(times(60), times(20)));
  expect(keptResults()).toEqual({});
});
