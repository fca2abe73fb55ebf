import { describe, expect, it } from "vitest";
import {
  type Comparison,
  compare,
  ecdf,
  FEWEST_TO_TELL,
  figureOf,
  median,
  narrowEnough,
  quantile,
  random,
  summaryOf,
  verdictOf,
} from "./statistics";

type Chance = () => number;
/** Draws the times of one side in the next round. */
type Draw = () => number;

/** Box and Muller, 1958. */
const normal = (chance: Chance) => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
const lognormal = (chance: Chance, spread: number) => 20 * Math.exp(spread * normal(chance));

/** The distributions of both sides' times; each call is a new run. Two draws are one round. */
const DISTRIBUTIONS: Record<string, (chance: Chance) => Draw> = {
  lognormal: (chance) => () => lognormal(chance, 0.1),
  bimodal: (chance) => () => (chance() < 0.35 ? 20 : 30) + normal(chance),
  "heavy-tailed": (chance) => () => 5 * (1 - chance()) ** (-1 / 1.1), // Pareto: no variance
  "read off a clock of 0.1 ms": (chance) => () => Math.round(lognormal(chance, 0.15) / 2) / 10,
  "mostly zero on a clock of 0.1 ms": (chance) => () => Math.floor(chance() * 1.8) / 10,
  drifting: (chance) => {
    let drawn = 0;
    return () => lognormal(chance, 0.08) * (1 + drawn++ / 200);
  },
  autocorrelated: (chance) => {
    let before = 0;
    return () => {
      before = 0.9 * before + 0.1 * normal(chance);
      return 20 * Math.exp(before);
    };
  },
};

const TRIES = 300;

/** A run as the Lab does it: a look every ten rounds, until the ratio is known well enough or 200 are done. */
function run(draw: Draw, chance: Chance, ratio = 1): Comparison {
  const slow: number[] = [];
  const fast: number[] = [];
  for (;;) {
    for (let round = 0; round < 10; round++) {
      const [first, second] = [draw(), draw()];
      const swapped = chance() < 0.5;
      slow.push((swapped ? second : first) * ratio);
      fast.push(swapped ? first : second);
    }
    // A look needs no more than the interval's width, for which a tenth of the resamples will do here.
    const look = () => compare(slow, fast, { resamples: 200, random: chance });
    if (slow.length >= 200 || narrowEnough(look(), 0.05)) return compare(slow, fast, { random: chance });
  }
}

function runs(name: string, ratio = 1): Comparison[] {
  const chance = random(2013);
  return Array.from({ length: TRIES }, () => {
    const draw = DISTRIBUTIONS[name]?.(chance);
    if (!draw) throw new Error(`no distribution ${name}`);
    return run(draw, chance, ratio);
  });
}

describe("a side against itself", () => {
  it.each(Object.keys(DISTRIBUTIONS))(
    "shows no difference when times are %s",
    { timeout: 30_000 },
    (name) => {
      const verdicts = runs(name).map((comparison) => verdictOf(comparison).text);
      const silent = verdicts.filter((text) => text === "no difference detectable");
      expect(silent.length).toBeGreaterThanOrEqual(0.95 * TRIES);
    },
  );

  it.each(["lognormal", "bimodal"])("fools 2 in 100 at most in the fewest rounds that tell: %s", (name) => {
    const chance = random(2013);
    const draw = DISTRIBUTIONS[name]?.(chance) ?? Number;
    const once = () => Array.from({ length: FEWEST_TO_TELL }, draw);
    const compared = () => verdictOf(compare(once(), once(), { random: chance })).kind;
    const verdicts = Array.from({ length: 400 }, compared);
    expect(verdicts.filter((kind) => kind !== "none").length).toBeLessThanOrEqual(8);
  });
});

describe("a known ratio", () => {
  it.each([
    ["lognormal", 1.1],
    ["lognormal", 1.5],
    ["lognormal", 3],
    ["heavy-tailed", 1.5],
    ["autocorrelated", 1.1],
    ["drifting", 3],
  ])("of %s times, %d, is within the interval", { timeout: 30_000 }, (name, ratio) => {
    const covering = runs(name, ratio).filter(({ low, high }) => low <= ratio && ratio <= high);
    expect(covering.length).toBeGreaterThanOrEqual(0.9 * TRIES);
  });

  it("is found in few rounds where it is large", () => {
    const chance = random(5);
    const verdict = verdictOf(run(() => lognormal(chance, 0.02), chance, 3));
    expect(verdict.kind).toBe("faster");
    expect(verdict.text).toMatch(/^(2\.9|3\.0)–3\.[01] times faster$|^about 3\.0 times faster$/);
  });
});

describe("compare", () => {
  it("takes a round's two times together: what slows both down widens nothing", () => {
    const chance = random(3);
    const load = Array.from({ length: 100 }, () => 10 * Math.exp(normal(chance)));
    const slow = load.map((ms) => ms * 2 * (1 + 0.01 * normal(chance)));
    const fast = load.map((ms) => ms * (1 + 0.01 * normal(chance)));
    const together = compare(slow, fast);
    const apart = compare(slow, fast.toReversed());
    expect(together.high - together.low).toBeLessThan(0.1);
    expect(apart.high - apart.low).toBeGreaterThan(0.5);
  });

  it("gives the same intervals for the same samples, whatever their order", () => {
    const slow = Array.from({ length: 30 }, (_, i) => 20 + ((i * 7) % 30));
    const fast = slow.map((ms) => ms / 2 + 1);
    expect(compare(slow, fast)).toEqual(compare(slow, fast));
    expect(compare(slow, fast).saved).toBe(median(slow) - median(fast));
    expect(compare(slow, fast).ratio).toBe(median(slow) / median(fast));
  });

  it("has the 95 % interval within the 99 % one", () => {
    const chance = random(11);
    const once = () => Array.from({ length: 41 }, () => lognormal(chance, 0.3));
    const { low, ratio, high, surely } = compare(once(), once());
    expect([surely.low, low, ratio, high, surely.high].toSorted((a, b) => a - b)).toEqual([
      surely.low,
      low,
      ratio,
      high,
      surely.high,
    ]);
  });

  it("leaves out rounds that lack a number", () => {
    const slow = [Number.NaN, 20, 20, 20];
    expect(compare(slow, [10, Number.POSITIVE_INFINITY, 10])).toMatchObject({ rounds: 1, ratio: 2 });
  });

  it("knows nothing of no rounds", () => {
    const nothing = { low: 0, high: Number.POSITIVE_INFINITY };
    expect(compare([], [])).toEqual({ rounds: 0, ratio: 1, ...nothing, surely: nothing, saved: 0 });
  });

  it("takes 2,000 resamples, drawing each round of each once", () => {
    let drawn = 0;
    const chance = () => {
      drawn += 1;
      return 0.5;
    };
    compare(same(20, 200), same(10, 200), { random: chance });
    expect(drawn).toBe(2_000 * 200);
  });
});

const same = (value: number, n = 20) => new Array<number>(n).fill(value);
const told = (slow: number[], fast: number[]) => verdictOf(compare(slow, fast));
const known = (low: number, high: number): Comparison => ({
  rounds: 50,
  ratio: (low + high) / 2,
  low,
  high,
  surely: { low, high },
  saved: 0,
});

describe("verdictOf", () => {
  it.each([
    [2.94, 3.26, "2.9–3.3 times faster"],
    [1.081, 1.149, "1.08–1.15 times faster"],
    [1.9, 2.2, "1.90–2.2 times faster"],
    [9.4, 13.2, "9.4–13 times faster"],
    [1234, 1290, "1,200–1,300 times faster"],
    [3.07, 3.12, "about 3.1 times faster"],
    [1.001, 1.004, "less than 1.01 times faster"],
    [1.001, 1.02, "up to 1.02 times faster"],
    [1 / 1.2, 1 / 1.1, "1.10–1.20 times slower"],
    [0.98, 1.3, "no difference detectable"],
    [1, 1, "no difference detectable"],
  ])("tells %d to %d as %s", (low, high, text) => {
    expect(verdictOf(known(low, high)).text).toBe(text);
  });

  it("needs more certainty for a difference than for its size", () => {
    expect(verdictOf({ ...known(1.01, 1.2), surely: { low: 0.99, high: 1.25 } }).kind).toBe("none");
  });

  it("tells nothing from fewer than twelve rounds, however different they are", () => {
    expect(told(same(30, 11), same(10, 11))).toEqual({ kind: "few", text: "too few rounds to tell" });
    expect(told(same(30, 12), same(10, 12)).text).toBe("about 3.0 times faster");
    expect(told([], []).kind).toBe("few");
  });

  it("has words for medians of zero", () => {
    expect(told(same(0), same(0))).toEqual({ kind: "none", text: "no difference detectable" });
    expect(told(same(12), same(0)).text).toBe("faster than this clock can tell");
    expect(told(same(0), same(12)).text).toBe("slower than this clock can tell");
    expect(told(same(12), same(1e-300)).text).toBe("more than 10,000 times faster");
    const sometimes = same(0).map((zero, i) => (i % 2 ? zero : 0.1));
    expect(told(same(12), sometimes).text).toBe("at least 120 times faster");
    expect(told(sometimes, same(12)).text).toBe("at least 120 times slower");
  });
});

describe("figureOf", () => {
  it.each([
    [5.4, 6.7, "6.1 [5.4, 6.7]"],
    [0.0042, 0.95, "0.48 [0.0042, 0.95]"],
    [1234, Number.POSITIVE_INFINITY, "∞ [1,200, ∞]"],
  ])("of %d to %d is %s", (low, high, text) => {
    expect(figureOf(known(low, high))).toBe(text);
  });
});

describe("narrowEnough", () => {
  it("is so when the interval is within the precision to either side, of at least twelve rounds", () => {
    expect(narrowEnough(known(1.96, 2.04), 0.05)).toBe(true);
    expect(narrowEnough(known(1.8, 2.2), 0.05)).toBe(false);
    expect(narrowEnough({ ...known(1.96, 2.04), rounds: 11 }, 0.05)).toBe(false);
    expect(narrowEnough({ ...known(1.96, 2.04), rounds: 12 }, 0.05)).toBe(true);
  });

  it("is so where medians of zero leave no more to know, and not where they might", () => {
    expect(narrowEnough(compare(same(12), same(0)), 0.05)).toBe(true);
    expect(narrowEnough(compare(same(0), same(0)), 0.05)).toBe(true);
    expect(narrowEnough(known(5, Number.POSITIVE_INFINITY), 0.05)).toBe(false);
    expect(narrowEnough(compare([], []), 0.05)).toBe(false);
  });
});

describe("quantile, median, ecdf and summaryOf", () => {
  it("interpolate between the two nearest values", () => {
    expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("count equal values as one step", () => {
    expect(ecdf([2, 1, 2, 4])).toEqual([
      { x: 1, share: 0.25 },
      { x: 2, share: 0.75 },
      { x: 4, share: 1 },
    ]);
    expect(ecdf([])).toEqual([]);
  });

  it("sum up", () => {
    expect(summaryOf([5, 1, 2, 3, 4])).toEqual({ n: 5, p50: 3, p95: 4.8, min: 1, max: 5, mean: 3 });
    expect(summaryOf([]).n).toBe(0);
  });
});

describe("random", () => {
  it("repeats itself by its seed, and fills 0 to 1 evenly", () => {
    const [a, b, c] = [random(1), random(1), random(2)];
    expect(a()).toBe(b());
    expect(a()).not.toBe(c());
    const drawn = Array.from({ length: 10_000 }, a);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(Math.abs(summaryOf(drawn).mean - 0.5)).toBeLessThan(0.02);
  });
});
