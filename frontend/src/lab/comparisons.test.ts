import { expect, test } from "vitest";
import { allPairs, comparisonOf } from "./comparisons";
import type { Result } from "./types";

const about = (ms: number) => Array.from({ length: 30 }, (_, round) => ms + (round % 5) / 10);
const side = (name: string, wall: (number | null)[]) => ({
  name,
  label: name,
  samples: { wall },
  median: [],
});
const resultOf = (...sides: Result["sides"]) => ({ sides, settings: { seed: 1 } }) as unknown as Result;

test("every side is against every other, and the other way round by the reciprocal", () => {
  const result = resultOf(side("none", about(80)), side("gzip", about(20)), side("br", about(40)));
  const pairs = allPairs(result);
  expect(pairs.map((row) => row.map((cell) => cell && Math.round(cell.ratio * 100) / 100))).toEqual([
    [null, 3.97, 2],
    [0.25, null, 0.5],
    [0.5, 1.99, null],
  ]);
  expect(pairs[0]?.[2]).toEqual(comparisonOf(result, 2, "wall"));
  const [slow, fast] = [pairs[1]?.[2], pairs[2]?.[1]];
  expect(slow?.low).toBe(1 / (fast?.high ?? 0));
  expect(slow?.surely.high).toBe(1 / (fast?.surely.low ?? 0));
  expect(slow?.saved).toBe(-(fast?.saved ?? 0));
  expect(slow && slow.low <= slow.ratio && slow.ratio <= slow.high).toBe(true);
});

test("a pair without two common rounds has no comparison", () => {
  const pairs = allPairs(resultOf(side("a", [1, 2, 3]), side("b", [null, null, 3]), side("c", [1, 2, 3])));
  expect(pairs.map((row) => row.map((cell) => cell !== null))).toEqual([
    [false, false, true],
    [false, false, false],
    [true, false, false],
  ]);
});
