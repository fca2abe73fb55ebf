import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULTS, readSettings, writeSettings } from "./settings";

const read = (query: string) => readSettings(new URLSearchParams(query));

describe("readSettings", () => {
  it("takes what an address says, and the defaults for the rest", () => {
    expect(read("seconds=2.5&aa=on&seed=4294967295")).toEqual({
      settings: { ...DEFAULTS, seconds: 2.5, aa: true, seed: 4294967295 },
      problems: [],
    });
    expect(read("")).toEqual({ settings: DEFAULTS, problems: [] });
  });

  it.each([
    ["rounds=1e9", 'rounds: expected a whole number from 12 to 1000, got "1e9"'],
    ["rounds=11", 'rounds: expected a whole number from 12 to 1000, got "11"'],
    ["rounds=17.5", 'rounds: expected a whole number from 12 to 1000, got "17.5"'],
    ["seconds=121", 'seconds: expected a number from 1 to 120, got "121"'],
    ["seconds=", 'seconds: expected a number from 1 to 120, got ""'],
    ["precision=0", 'precision: expected a number from 0.01 to 0.5, got "0"'],
    ["warmup=0", 'warmup: expected a whole number from 1 to 20, got "0"'],
    ["seed=4294967296", 'seed: expected a whole number from 0 to 4294967295, got "4294967296"'],
    ["rounds=100&rounds=abc", "rounds: expected once, got 2 times"],
    ["aa=on&aa=on", "aa: expected once, got 2 times"],
    ["aa=true", 'aa: expected "on" or to be left out, got "true"'],
    ["round=9", '"round" is no setting; the settings are aa, seconds, precision, rounds, warmup, seed'],
  ])("says what is wrong with %s, and falls back to the default", (query, problem) => {
    expect(read(query)).toEqual({ settings: DEFAULTS, problems: [problem] });
  });

  it("quotes no more than the beginning of what is too long", () => {
    expect(read(`rounds=${"9".repeat(5000)}`).problems[0]).toHaveLength(96);
  });
});

describe("writeSettings", () => {
  it("leaves out the defaults", () => {
    expect(writeSettings(DEFAULTS).toString()).toBe("");
    expect(writeSettings({ ...DEFAULTS, rounds: 50, aa: true }).toString()).toBe("rounds=50&aa=on");
  });

  it("is read again as it was", () => {
    const settings = fc.record({
      seconds: fc.integer({ min: 10, max: 1200 }).map((tenths) => tenths / 10),
      precision: fc.integer({ min: 10, max: 500 }).map((thousandths) => thousandths / 1000),
      rounds: fc.integer({ min: 12, max: 1000 }),
      warmup: fc.integer({ min: 1, max: 20 }),
      aa: fc.boolean(),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(settings, (written) => {
        expect(readSettings(writeSettings(written))).toEqual({ settings: written, problems: [] });
      }),
    );
  });
});
