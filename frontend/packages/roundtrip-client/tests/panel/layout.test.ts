import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockOf, folds, type Interval, place, position, ticks } from "../../src/panel/layout.ts";
import { spansFrom } from "./fixtures.ts";

const intervals = fc.array(
  fc
    .record({ start: fc.integer({ min: 0, max: 100_000 }), length: fc.integer({ min: 1, max: 3000 }) })
    .map(({ start, length }): Interval => ({ start, end: start + length })),
  { minLength: 1, maxLength: 40 },
);

describe("clockOf", () => {
  it("draws one round trip over the whole width", () => {
    const clock = clockOf([{ start: 100, end: 200 }]);
    expect(place(clock, { start: 100, end: 200 })).toEqual({ x: 0, width: 1 });
    expect(place(clock, { start: 125, end: 150 })).toEqual({ x: 0.25, width: 0.25 });
  });

  it("folds an idle minute to a narrow mark, and says how long it was", () => {
    const clock = clockOf([
      { start: 0, end: 100 },
      { start: 60_100, end: 60_200 },
    ]);
    const [fold, ...others] = folds(clock);
    expect(others).toEqual([]);
    expect(fold?.ms).toBe(60_000);
    expect(fold?.width).toBeLessThan(0.05);
  });

  it("keeps a short pause to scale", () => {
    const clock = clockOf([
      { start: 0, end: 50 },
      { start: 150, end: 200 },
    ]);
    expect(folds(clock)).toEqual([]);
    expect(position(clock, 100)).toBeCloseTo(0.5);
  });

  it("has a width though nothing took time", () => {
    const at = { start: 5, end: 5 };
    expect(place(clockOf([at]), at)).toEqual({ x: 0, width: 0 });
    expect(ticks(clockOf([]), 6).length).toBeGreaterThan(0);
  });

  it("covers the whole width with its stretches, end to end", () => {
    fc.assert(
      fc.property(intervals, (given) => {
        const { stretches } = clockOf(given);
        expect(stretches[0]?.left).toBe(0);
        expect(stretches.at(-1)?.right).toBeCloseTo(1);
        stretches.slice(1).forEach((stretch, i) => {
          expect(stretch.left).toBeCloseTo(stretches[i]?.right ?? Number.NaN);
          expect(stretch.start).toBe(stretches[i]?.end);
        });
      }),
    );
  });
});

describe("place", () => {
  it("gives the spans of a round trip widths that add up to its own", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(intervals, lengths, fc.integer({ min: 0, max: 100_000 }), (others, given, start) => {
        const spans = spansFrom(start, ...given.map((ms): ["network", number] => ["network", ms]));
        const trip = { start, end: spans.at(-1)?.end ?? start };
        const clock = clockOf([...others, trip]);
        const sum = spans.reduce((total, span) => total + (place(clock, span)?.width ?? 0), 0);
        expect(sum).toBeCloseTo(place(clock, trip)?.width ?? Number.NaN, 9);
      }),
    );
  });

  it("places nothing outside the clock, and returns null for a span outside", () => {
    const clock = clockOf([{ start: 100, end: 200 }]);
    expect(place(clock, { start: 0, end: 50 })).toBeNull();
    expect(place(clock, { start: 300, end: 310 })).toBeNull();
    expect(place(clock, { start: 50, end: 150 })).toEqual({ x: 0, width: 0.5 });
  });
});

describe("ticks", () => {
  it("stand at round times after the clock's start", () => {
    expect(ticks(clockOf([{ start: 1000, end: 1100 }]), 5)).toEqual([
      { x: 0, ms: 0, before: false },
      { x: 0.2, ms: 20, before: false },
      { x: 0.4, ms: 40, before: false },
      { x: 0.6, ms: 60, before: false },
      { x: 0.8, ms: 80, before: false },
      { x: 1, ms: 100, before: true },
    ]);
  });

  it("have room for their labels", () => {
    fc.assert(
      fc.property(intervals, (given) => {
        const all = ticks(clockOf(given), 6);
        all.slice(1).forEach((tick, i) => {
          expect(tick.x - (all[i]?.x ?? 0)).toBeGreaterThanOrEqual(0.45 / 6);
        });
      }),
    );
  });
});
