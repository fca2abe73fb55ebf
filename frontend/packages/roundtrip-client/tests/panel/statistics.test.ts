import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histogram, quantile } from "../../src/panel/statistics.ts";

const times = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1 });

describe("quantile", () => {
  it("interpolates between the two nearest values", () => {
    expect(quantile([40, 10, 30, 20], 0.5)).toBe(25);
    expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5);
  });

  it("is the only value, or null without values", () => {
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  it("lies between the least and the greatest, and grows with p", () => {
    fc.assert(
      fc.property(times, (values) => {
        const [p50, p95] = [quantile(values, 0.5) ?? Number.NaN, quantile(values, 0.95) ?? Number.NaN];
        expect(p50).toBeGreaterThanOrEqual(Math.min(...values));
        expect(p95).toBeLessThanOrEqual(Math.max(...values));
        expect(p95).toBeGreaterThanOrEqual(p50);
      }),
    );
  });
});

describe("histogram", () => {
  it("counts a value on an edge in the bin that begins there", () => {
    expect(histogram([0, 0.9, 5, 9.9, 10]).filter((bin) => bin.count > 0)).toEqual([
      { from: 0, to: 1, count: 2 },
      { from: 5, to: 10, count: 2 },
      { from: 10, to: 20, count: 1 },
    ]);
  });

  it("loses no value", () => {
    fc.assert(
      fc.property(times, (values) => {
        expect(histogram(values).reduce((sum, bin) => sum + bin.count, 0)).toBe(values.length);
      }),
    );
  });
});
