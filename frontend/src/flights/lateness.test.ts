import { expect, test } from "vitest";
import { colourBetween, HISTOGRAM_CLASSES, lateness, MINUTES } from "./lateness";

test("a flight is late from 15 minutes on, as the statistics count it", () => {
  expect([-1, 0, 14, 15, 29, 30, 59, 60, 119, 120].map(lateness)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
});

test("a mean's colour is mixed from the two classes that it lies between", () => {
  expect(colourBetween(10, MINUTES)).toBe("color-mix(in oklab, var(--late-2) 50%, var(--late-1))");
  expect(colourBetween(-40, MINUTES)).toBe("var(--late-0)");
  expect(colourBetween(400, MINUTES)).toBe("var(--late-5)");
  expect(colourBetween(null, MINUTES)).toBe("var(--paper-2)");
});

test("where more is better, the colours run the other way", () => {
  const shares = [95, 85, 75, 65, 50, 30] as const;
  expect(colourBetween(99, shares)).toBe("var(--late-0)");
  expect(colourBetween(80, shares)).toBe("color-mix(in oklab, var(--late-2) 50%, var(--late-1))");
  expect(colourBetween(10, shares)).toBe("var(--late-5)");
});

test("the histogram's eleven classes lie end to end", () => {
  const bounds = HISTOGRAM_CLASSES.slice(1).map(({ from }) => from ?? Number.NaN);
  expect(HISTOGRAM_CLASSES).toHaveLength(11);
  expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
});
