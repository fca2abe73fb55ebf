import { expect, test } from "vitest";
import { HISTOGRAM_CLASSES, lateness, meanColour } from "./lateness";

test("a flight is late from 15 minutes on, as the statistics count it", () => {
  expect([-1, 0, 14, 15, 29, 30, 59, 60, 119, 120].map(lateness)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
});

test("a mean's colour is mixed from the two classes that it lies between", () => {
  expect(meanColour(10)).toBe("color-mix(in oklab, var(--late-2) 50%, var(--late-1))");
  expect(meanColour(-40)).toBe("var(--late-0)");
  expect(meanColour(400)).toBe("var(--late-5)");
  expect(meanColour(null)).toBe("var(--paper-2)");
});

test("the histogram's eleven classes lie end to end", () => {
  const bounds = HISTOGRAM_CLASSES.slice(1).map(({ from }) => from ?? Number.NaN);
  expect(HISTOGRAM_CLASSES).toHaveLength(11);
  expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
});
