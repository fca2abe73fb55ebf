import { expect, test } from "vitest";
import { student, wilson } from "./intervals";

test.each([
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("of %i in %i, Wilson's interval is as Newcombe prints it", (some, n, low, high) => {
  expect(wilson(some, n)?.low).toBeCloseTo(low, 4);
  expect(wilson(some, n)?.high).toBeCloseTo(high, 4);
});

test.each([
  // Student's t at 97.5%, as every table of it has it.
  [2, 12.706],
  [3, 4.303],
  [4, 3.182],
  [5, 2.776],
  [11, 2.228],
  [31, 2.042],
  [121, 1.98],
])("of %i flights, a mean's interval is as wide as Student's t says", (n, t) => {
  const interval = student(10, n, n); // a standard error of one
  expect(Math.abs((interval?.high ?? 0) - 10 - t)).toBeLessThan(t / 500);
  expect((interval?.low ?? 0) + (interval?.high ?? 0)).toBeCloseTo(20);
});

test("nothing has no share, and one flight no interval of its mean", () => {
  expect(wilson(0, 0)).toBeUndefined();
  expect(student(5, null, 1)).toBeUndefined();
  expect(student(null, null, 0)).toBeUndefined();
});
