import fc from "fast-check";
import { expect, test } from "vitest";
import { type Circle, HOUR_NUMBERS, rangesOf, readChosen, WEEKDAY_NUMBERS, writeChosen } from "./chosen";

test.each([
  ["17", HOUR_NUMBERS, [17]],
  ["07", HOUR_NUMBERS, [7]],
  ["17-21", HOUR_NUMBERS, [17, 18, 19, 20, 21]],
  ["22-2", HOUR_NUMBERS, [0, 1, 2, 22, 23]],
  ["18,6,17,6-7", HOUR_NUMBERS, [6, 7, 17, 18]],
  ["5-5", WEEKDAY_NUMBERS, [5]],
  ["6-1", WEEKDAY_NUMBERS, [1, 6, 7]],
])("%s chooses its numbers, over the end of the circle too", (text, circle, numbers) => {
  expect(readChosen(text, circle)).toEqual(numbers);
});

test.each(["", "24", "-1", "1-", "1,,2", "one", "1-2-3", "0x1", "1.5"])(
  "“%s” is no choice of hours",
  (text) => {
    expect(readChosen(text, HOUR_NUMBERS)).toBeUndefined();
  },
);

test.each([
  [[6, 7], WEEKDAY_NUMBERS, "6-7"],
  [[1, 2, 3, 22, 23, 0], HOUR_NUMBERS, "22-3"],
  [[8, 17, 6, 7], HOUR_NUMBERS, "6-8,17"],
  [[], HOUR_NUMBERS, ""],
  [[1, 2, 3, 4, 5, 6, 7], WEEKDAY_NUMBERS, ""],
])("%j is written as ranges, and all of them as nothing", (numbers, circle, text) => {
  expect(writeChosen(numbers, circle)).toBe(text);
});

const someOf = ({ least, most }: Circle) =>
  fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1 });

test.each([HOUR_NUMBERS, WEEKDAY_NUMBERS])("whatever is written is read again: %j", (circle) => {
  fc.assert(
    fc.property(someOf(circle), (numbers) => {
      const ascending = [...numbers].sort((a, b) => a - b);
      const text = writeChosen(numbers, circle);
      if (numbers.length > circle.most - circle.least) expect(text).toBe("");
      else expect(readChosen(text, circle)).toEqual(ascending);
      expect(rangesOf(numbers, circle).length).toBeLessThanOrEqual(numbers.length);
    }),
  );
});
