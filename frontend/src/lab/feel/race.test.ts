import { expect, test } from "vitest";
import type { Sample } from "../sample";
import { outcomeOf, type Recording, recordingsOf, slowingFor } from "./race";

const sampled = (wall: number, arrivals: number[], content: unknown = []): Sample => ({
  content,
  measures: { wall },
  trips: [],
  arrivals,
});
const ready = (ms: number): Recording => ({ label: "", ready: ms, fills: [ms] });

test("both boards have a square for each answer of the side that had more; one answer may fill several", () => {
  const [first, second] = recordingsOf(
    ["One by one", "One batch"],
    [sampled(61, [10, 20, 30, 40, 50, 60]), sampled(21, [15, 20])],
  );
  expect(first).toEqual({ label: "One by one", ready: 61, fills: [10, 20, 30, 40, 50, 60] });
  expect(second).toEqual({ label: "One batch", ready: 21, fills: [15, 15, 15, 20, 20, 20] });
});

test("where both had one answer, a square is a row of it, and 60 stand for more", () => {
  const squares = (content: unknown) =>
    recordingsOf(["a", "b"], [sampled(9, [8], content), sampled(5, [4], content)]).map(({ fills }) => fills);
  expect(squares({ items: [1, 2, 3] })).toEqual([
    [8, 8, 8],
    [4, 4, 4],
  ]);
  expect(squares(Array(500).fill(0))[0]).toHaveLength(60);
  expect(squares("a text")).toEqual([[8], [4]]);
});

test.each([
  [100, 119, "none"], // less than 20 ms
  [100, 121, "first"],
  [1000, 901, "none"], // less than a tenth
  [1000, 899, "second"],
] as const)("%d ms against %d ms: %s", (first, second, outcome) => {
  expect(outcomeOf([ready(first), ready(second)])).toBe(outcome);
});

test.each([
  [150, 1],
  [149, 10],
  [14, 100],
  [0.1, 1000],
])("a replay of %d ms is slowed %d times", (ms, times) => {
  expect(slowingFor([ready(ms), ready(ms / 2)])).toBe(times);
});
