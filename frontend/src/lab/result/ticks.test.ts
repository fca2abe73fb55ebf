import fc from "fast-check";
import { expect, test } from "vitest";
import { linearTicks, logarithmicTicks, tickLabel } from "./ticks";

test.each([
  [325, [0, 100, 200, 300, 400]], // where quarters of the longest time would be 81.2, 162, 244 and 325
  [10, [0, 2, 4, 6, 8, 10]],
  [0.011, [0, 0.005, 0.01, 0.015]],
  [5.1, [0, 2, 4, 6]],
])("the axis up to %d has round ticks", (most, ticks) => {
  expect(linearTicks(most)).toEqual(ticks);
});

const round = /^[1-9]\d?0*$|^0\.0*[1-9]\d?$|^\d\.\d$|^0$/;

test("every tick has at most two digits that are not zero, and the last one is at or beyond the longest time", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (most) => {
      const ticks = linearTicks(most);
      expect(ticks.length).toBeGreaterThanOrEqual(3);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * 0.999999);
      for (const tick of ticks) expect(String(tick)).toMatch(round);
    }),
  );
});

test("a logarithmic axis has 1, 2 and 5 of the powers of ten, or fewer where it is long", () => {
  expect(logarithmicTicks(0.4, 12)).toEqual([0.5, 1, 2, 5, 10]);
  expect(logarithmicTicks(0.4, 9e6).every((tick) => Number.isInteger(Math.log10(tick)))).toBe(true);
});

test("ticks are written plainly, and the largest by their power", () => {
  expect([0.005, 2000, 20_000].map(tickLabel)).toEqual(["0.005", "2,000", "2e+4"]);
});
