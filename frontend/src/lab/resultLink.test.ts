// @vitest-environment node
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitted, fromLink, LinkError, toCsv, toLink } from "./resultLink";
import { BOUNDS, DEFAULTS, type NumberSetting } from "./settings";
import { type ExperimentInfo, MEASURES, type Result, type Samples } from "./types";

const RESULT: Result = {
  version: 1,
  experiment: "n_plus_one",
  settings: { ...DEFAULTS, seed: 4_294_967_295 },
  environment: {
    network: "mobile",
    rtt: 40,
    mbit: null,
    measuredRtt: 40.123456,
    browser: "Firefox 140",
    clock: 0.1,
    isolated: true,
    machine: { cpu: "Ryzen 7", cores: 8, system: "Linux 6.8", python: "3.12.3", sqlite: "3.45.1" },
    at: "2026-01-31T12:00:00.000Z",
  },
  sides: [
    {
      name: "row_by_row",
      label: "N+1 statements",
      samples: { wall: [61.23456, 60.1], server: [null, 18.5] },
      median: [
        {
          url: "/api/lab/n_plus_one/row_by_row",
          start: 0,
          end: 61.23,
          spans: [
            { name: "network", start: 0, end: 40.1, detail: "there and back, halved" },
            { name: "db", start: 40.1, end: 61.23 },
          ],
        },
      ],
    },
    { name: "joined", label: "One statement", samples: { wall: [41, 42] }, median: [] },
  ],
  ended: "precise",
};

/** The link to a result, as the page made it before results told their protocol. */
const OF_BEFORE =
  "eJxtkc1u2zAQhF_FmGs3AinJarAP0FORAEFPNQyDkjYNG4pUSSqya_jdC9pFWxS57s83uzNnvElMNniwJshxlmgn8RkMf5jdkg7BCwhJcrb-WwKfkWQIfkxgrQhzlMHeAKpSW0IMy7VZK0VYTZyWGdwQjAE_G5ekwGQE6wtB_JuNwd8Uz_CS1xBfwZhCb10RjjmDW0WYepvBfnGOMIlJS5Tx6dasdN20247Qx7AmiWB8slGew3GjWwXC4MLwWg7UBJuCM7kckOMihMkML9ZLkR_mBYyn00_xm49lLURJ4HtCOqUsExifrV-Om666B2E-5ZfyN5pK11VTXPrhbJZrpd1WGheCKVbWqu7ulL5r9Bdds1KsVKWU-loGkh2LyO4Mb6ayG8N66E-HGFYQnOnFgfHwQW9SNlmKValImWl2cs1jNc6Bd52uaupUpfeX4tBojQfv9hf6Q_4erJfxH-qjl7_Ud6Gtprb-D7gvuY3Fwd_pCy6_APNZtp4";

/** A link that holds any value at all, checksum and all. */
const linkOf = (value: unknown) => deflateSync(JSON.stringify(value)).toString("base64url");
const withSide = (change: object) => ({
  ...RESULT,
  sides: [{ ...RESULT.sides[0], ...change }, RESULT.sides[1]],
});

/** The LinkError's sentence; any other exception fails the test, and so does none. */
async function complaint(link: string): Promise<string> {
  const error: unknown = await fromLink(link).then(
    () => "it was read",
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(LinkError);
  return (error as LinkError).message;
}

const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
const words = fc.string({ unit: "grapheme", maxLength: 20 });
const numberOf = (name: NumberSetting) =>
  BOUNDS[name].whole
    ? fc.integer({ min: BOUNDS[name].least, max: BOUNDS[name].most })
    : fc.double({ min: BOUNDS[name].least, max: BOUNDS[name].most, noNaN: true });

const trips = fc.array(
  fc.record({
    cached: fc.boolean(),
    url: words,
    start: ms,
    end: ms,
    spans: fc.array(
      fc.record(
        { name: fc.constantFrom("db", "app (other)", "download"), start: ms, end: ms, detail: words },
        { requiredKeys: ["name", "start", "end"] },
      ),
      { maxLength: 4 },
    ),
  }),
  { maxLength: 4 },
);

const samplesOf = (rounds: number) =>
  fc.subarray(MEASURES.filter((each) => each !== "wall")).chain((measures) => {
    const column = (value: fc.Arbitrary<number | null>) =>
      fc.array(value, { minLength: rounds, maxLength: rounds });
    const some = measures.map((each) => [each, column(fc.option(ms))]);
    return fc.record({ wall: column(ms), ...Object.fromEntries(some) });
  }) as fc.Arbitrary<Samples>;

const results = fc.integer({ min: 2, max: 30 }).chain((rounds) =>
  fc.record({
    version: fc.constant(1),
    experiment: fc.constantFrom("n_plus_one", "batch"),
    settings: fc.record({
      seconds: numberOf("seconds"),
      precision: numberOf("precision"),
      rounds: numberOf("rounds"),
      warmup: numberOf("warmup"),
      aa: fc.boolean(),
      seed: numberOf("seed"),
    }),
    environment: fc.record(
      {
        network: words,
        protocol: words,
        rtt: fc.option(ms),
        mbit: fc.option(ms),
        measuredRtt: ms,
        browser: words,
        clock: ms,
        isolated: fc.boolean(),
        machine: fc.record({ cpu: words, cores: fc.nat(256), system: words, python: words, sqlite: words }),
        at: words,
      },
      {
        requiredKeys: [
          "network",
          "rtt",
          "mbit",
          "measuredRtt",
          "browser",
          "clock",
          "isolated",
          "machine",
          "at",
        ],
      },
    ),
    sides: fc.array(
      fc.record({
        name: fc.constantFrom("slow", "fast"),
        label: words.map((text) => `A${text}`),
        samples: samplesOf(rounds),
        median: trips,
      }),
      { minLength: 2, maxLength: 8 },
    ),
    took: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true }), {
      nil: undefined,
    }),
    ended: fc.constantFrom("precise", "time", "least", "rounds", "stopped", "broken"),
  }),
) as fc.Arbitrary<Result>;

describe("a result's link", () => {
  it("gives the result again", async () => {
    await fc.assert(
      fc.asyncProperty(results, async (result) => {
        expect(await fromLink(await toLink(result))).toEqual(JSON.parse(JSON.stringify(result)));
      }),
    );
  });

  it("of a time when nobody noted the protocol opens as it is", async () => {
    const { environment } = await fromLink(OF_BEFORE);
    expect(environment).toMatchObject({ network: "mobile", measuredRtt: 40.123456 });
    expect(environment).not.toHaveProperty("protocol");
  });

  it("is short enough for an address, and needs no escaping in one", async () => {
    const wall = Array.from({ length: 200 }, (_, i) => Number((20 + Math.sin(i * i)).toPrecision(4)));
    const samples = Object.fromEntries(MEASURES.map((measure) => [measure, wall]));
    const link = await toLink({ ...RESULT, sides: RESULT.sides.map((side) => ({ ...side, samples })) });
    expect(link).toMatch(/^[\w-]+$/);
    expect(link.length).toBeLessThan(20_000);
  });

  it("is refused when it is garbage", async () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.base64String(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc.json().map((json) => deflateSync(json).toString("base64url")),
      fc.jsonValue().map((value) => linkOf({ ...RESULT, sides: [value] })),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (link) => void (await complaint(link))),
      { numRuns: 300 },
    );
  }, 30_000); // as long as a busy machine takes

  it("is refused when it was cut short", async () => {
    const link = await toLink(RESULT);
    for (let length = 0; length < link.length - 1; length++) {
      expect(await complaint(link.slice(0, length))).toMatch(
        /^This result link is cut short or was changed: /,
      );
    }
  });

  it("never holds another result after a change", async () => {
    const link = await toLink(RESULT);
    const original = await fromLink(link);
    const change = fc.record({
      at: fc.nat(link.length - 1),
      removed: fc.nat(3),
      inserted: fc.oneof(fc.base64String({ maxLength: 4 }), fc.string({ maxLength: 3 })),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, removed, inserted }) => {
        const changed = link.slice(0, at) + inserted + link.slice(at + removed);
        const read = await fromLink(changed).catch((error: unknown) => error);
        // A few bits of a link mean nothing: those after its end, and those that tell how hard it was packed.
        if (!(read instanceof LinkError)) expect(read).toEqual(original);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      "a number below 0",
      withSide({ samples: { wall: [-1, 1] } }),
      "wall, number 1 should be a number of at least 0",
    ],
    [
      "a text for a number",
      withSide({ samples: { wall: ["1", 1] } }),
      "wall, number 1 should be a number of at least 0",
    ],
    [
      "unequal rounds",
      withSide({ samples: { wall: [1, 2], db: [1] } }),
      "every measure should be of the same rounds",
    ],
    [
      "too many rounds",
      withSide({ samples: { wall: new Array(1001).fill(1) } }),
      "wall should be a list of 2 to 1000",
    ],
    ["too many trips", withSide({ median: new Array(201).fill(0) }), "median should be a list of up to 200"],
    ["too many sides", { ...RESULT, sides: new Array(9).fill(0) }, "sides should be a list of 2 to 8"],
    ["no sides", { ...RESULT, sides: [] }, "sides should be a list of 2 to 8"],
    ["one side", { ...RESULT, sides: RESULT.sides.slice(1) }, "sides should be a list of 2 to 8"],
    ["no wall times", withSide({ samples: { db: [1, 2] } }), "wall should be a list of 2 to 1000"],
    ["no samples", withSide({ samples: { wall: [] } }), "wall should be a list of 2 to 1000"],
    [
      "other rounds in another side",
      withSide({ samples: { wall: [1, 2, 3] } }),
      "every measure should be of the same rounds",
    ],
    ["a long text", withSide({ label: "x".repeat(201) }), "label should be a label of up to 200 characters"],
    ["a formula for a label", withSide({ label: "=1+1" }), "label should be a label of up to 200 characters"],
    ["a formula for a name", withSide({ name: "=1+1" }), "name should be a name of up to 80 characters"],
    ["another version", { ...RESULT, version: 2 }, "version should be one of 1"],
    [
      "a setting out of bounds",
      { ...RESULT, settings: { ...RESULT.settings, rounds: 1e9 } },
      "rounds should be a whole number from 12 to 1000",
    ],
    ["no object", [], "the result should be an object"],
  ])("is refused when it holds %s", async (_, value, why) => {
    expect(await complaint(linkOf(value))).toBe(`This result link is cut short or was changed: ${why}.`);
  });

  it("keeps nothing that a result does not have", async () => {
    const more = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "more": 1}') as object;
    const read = await fromLink(linkOf({ ...more, ...RESULT }));
    expect(Object.keys(read)).toEqual(Object.keys(RESULT));
    expect("polluted" in read).toBe(false);
  });

  it("is refused before all of it is unpacked when it holds too much", async () => {
    const bomb = deflateSync(Buffer.alloc(200_000_000, " ")).toString("base64url");
    expect(await complaint(bomb)).toContain("it holds more than any result");
    expect(await complaint("A".repeat(2_000_001))).toContain("it is longer than any result");
  });

  it("is not made of a result that it could not give again", async () => {
    const wrong = { ...RESULT, experiment: "x".repeat(81) };
    await expect(toLink(wrong)).rejects.toThrow(
      "This result fits no link: experiment should be a name of up to 80 characters.",
    );
  });
});

describe("fitted", () => {
  const names = (sides: string[]) => sides.map((name) => ({ name }));
  const INFO = {
    name: "n_plus_one",
    sides: names(["row_by_row", "in_two", "joined"]),
  } as unknown as ExperimentInfo;
  const check = (sides: string[], { aa = false, experiment = "n_plus_one" } = {}) =>
    fitted({ experiment, settings: { ...DEFAULTS, aa }, sides: names(sides) } as unknown as Result, INFO);

  it("takes the experiment's sides in their order, without those that could not run", () => {
    check(["row_by_row", "in_two", "joined"]);
    check(["row_by_row", "joined"]);
    check(["joined", "joined"], { aa: true });
  });

  it.each([
    [["joined", "row_by_row"], false],
    [["joined", "joined"], false],
    [["row_by_row", "other"], false],
    [["other", "joined"], false],
    [["row_by_row", "joined"], true],
    [["row_by_row", "row_by_row"], true],
    [["other", "other"], true],
  ])("refuses %j where fast against fast is %s", (sides, aa) => {
    expect(() => check(sides, { aa })).toThrow("does not fit this experiment");
  });

  it("calls the sides as the experiment does, whatever the link calls them", () => {
    const info = {
      name: "x",
      sides: [
        { name: "slow", label: "Slow" },
        { name: "fast", label: "Fast" },
      ],
    };
    const labels = (sides: string[], aa: boolean) =>
      fitted(
        {
          experiment: "x",
          settings: { ...DEFAULTS, aa },
          sides: sides.map((name) => ({ name, label: "Another" })),
        } as unknown as Result,
        info as unknown as ExperimentInfo,
      ).sides.map(({ label }) => label);
    expect(labels(["slow", "fast"], false)).toEqual(["Slow", "Fast"]);
    expect(labels(["fast", "fast"], true)).toEqual(["Fast", "Fast, again"]);
  });

  it("refuses another experiment's", () => {
    const experiment = "batch";
    expect(() => check(["row_by_row", "joined"], { experiment })).toThrow("of another experiment: batch");
  });
});

describe("toCsv", () => {
  it("has one row for each sample, and nothing where nothing was measured", () => {
    expect(toCsv(RESULT).split("\r\n")).toEqual([
      "round,side,label,wall,server,db,serialize,compress,cpu,queued,statements,rows,computations,calls,trips,wire,decoded",
      "1,row_by_row,N+1 statements,61.23456,,,,,,,,,,,,,",
      "1,joined,One statement,41,,,,,,,,,,,,,",
      "2,row_by_row,N+1 statements,60.1,18.5,,,,,,,,,,,,",
      "2,joined,One statement,42,,,,,,,,,,,,,",
      "",
    ]);
  });

  it("quotes what would break a row", () => {
    const csv = toCsv({
      ...RESULT,
      sides: [{ name: "a", label: 'one, "again"', samples: { wall: [1] }, median: [] }],
    });
    expect(csv).toContain('\r\n1,a,"one, ""again""",1,');
  });
});
