import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amounts, balance, lookOf, SPAN_ORDER } from "../../src/panel/spans.ts";
import type { Span } from "../../src/techniques/timing/timing.ts";
import { spansFrom } from "./fixtures.ts";

describe("balance", () => {
  it("holds if the spans cover the wall time without gaps or overlaps", () => {
    const spans = spansFrom(10, ["network", 5], ["db", 3], ["unaccounted", 2]);
    expect(balance({ spans, start: 10, end: 20 })).toMatchObject({ sum: 10, wall: 10, holds: true });
  });

  it("shows time that no span covers as unaccounted", () => {
    const spans = [...spansFrom(0, ["network", 4]), ...spansFrom(6, ["decode", 1])];
    expect(balance({ spans, start: 0, end: 10 })).toMatchObject({
      amounts: [
        { name: "network", ms: 4 },
        { name: "decode", ms: 1 },
        { name: "unaccounted", ms: 5 },
      ],
      holds: true,
    });
  });

  it("does not hold if spans overlap or stick out", () => {
    const over: Span[] = [...spansFrom(0, ["network", 10]), ...spansFrom(2, ["db", 3])];
    expect(balance({ spans: over, start: 0, end: 10 })).toMatchObject({ sum: 13, holds: false });
    expect(balance({ spans: spansFrom(0, ["network", 12]), start: 0, end: 10 }).holds).toBe(false);
  });

  it("holds for any spans laid side by side, with any gaps", () => {
    const pieces = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 200 })), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (given) => {
        let at = 0;
        const spans: Span[] = [];
        for (const [covered, ms] of given) {
          if (covered) spans.push(...spansFrom(at, ["network", ms]));
          at += ms;
        }
        const books = balance({ spans, start: 0, end: at });
        expect(books.holds).toBe(true);
        expect(books.sum).toBeCloseTo(at);
      }),
    );
  });
});

describe("amounts", () => {
  it("adds up spans of one name, in the order in which a request meets them", () => {
    const spans = spansFrom(0, ["decode", 1], ["network", 2], ["db", 3], ["network", 4]);
    expect(amounts(spans)).toEqual([
      { name: "network", ms: 6 },
      { name: "db", ms: 3 },
      { name: "decode", ms: 1 },
    ]);
  });
});

describe("the spans' looks", () => {
  it("give each name a colour of the waterfall and a meaning", () => {
    for (const name of SPAN_ORDER) {
      expect(lookOf(name).colour).toMatch(/^--span-/);
      expect(lookOf(name).meaning).not.toBe("");
    }
  });
});
