import fc from "fast-check";
import { expect, test } from "vitest";
import { type Circle, HOUR_NUMBERS, WEEKDAY_NUMBERS, writeChosen } from "./chosen";
import { exploreHref, type Filters, ORIGINS, readFilters, SORTS, STATUSES, writeFilters } from "./filters";

const read = (query: string) => readFilters(new URLSearchParams(query));

test("an address becomes filters", () => {
  expect(read("origin=JFK&flight=15&min_delay=-5&sort=-delay").filters).toEqual({
    origin: "JFK",
    flight: 15,
    min_delay: -5,
    sort: "-delay",
  });
});

test("codes are read in small letters too", () => {
  expect(read("origin=jfk&dest=lax&carrier=ua&tailnum=n14228").filters).toEqual({
    origin: "JFK",
    dest: "LAX",
    carrier: "UA",
    tailnum: "N14228",
  });
});

test("a filter that cannot be read is reported and ignored", () => {
  const { filters, problems } = read("origin=LAX&hour=24&date=2013-02-30&status=late&carrier=UA");
  expect(filters).toEqual({ carrier: "UA" });
  expect(problems.map(({ parameter }) => parameter)).toEqual(["origin", "date", "status", "hour"]);
});

test("hours and weekdays are read as ranges, in one spelling", () => {
  expect(read("hour=21,17-20&weekday=7,6").filters).toEqual({ hour: "17-21", weekday: "6-7" });
  expect(read("hour=22-2").filters).toEqual({ hour: "22-2" });
  expect(read("hour=0-23&weekday=1-7")).toEqual({ filters: {}, problems: [] });
});

test("a day does not go with a range, nor an end before its start", () => {
  expect(read("date=2013-05-01&from=2013-04-01")).toMatchObject({
    filters: { from: "2013-04-01" },
    problems: [{ parameter: "date" }],
  });
  expect(read("from=2013-05-02&to=2013-05-01")).toMatchObject({
    filters: { from: "2013-05-02" },
    problems: [{ parameter: "to" }],
  });
});

test("an empty value is no value", () => {
  expect(read("origin=&dest=%20")).toEqual({ filters: {}, problems: [] });
});

const day = fc
  .integer({ min: 0, max: 364 })
  .map((n) => new Date(Date.UTC(2013, 0, 1 + n)).toISOString().slice(0, 10));
/** Some of them, not all: all are no filter. */
const someOf = (circle: Circle) =>
  fc
    .uniqueArray(fc.integer({ min: circle.least, max: circle.most }), {
      minLength: 1,
      maxLength: circle.most - circle.least,
    })
    .map((numbers) => writeChosen(numbers, circle));
const someFilters: fc.Arbitrary<Filters> = fc.record(
  {
    origin: fc.constantFrom(...ORIGINS),
    dest: fc.stringMatching(/^[A-Z]{3}$/),
    carrier: fc.stringMatching(/^[A-Z0-9]{2}$/),
    flight: fc.integer({ min: 1, max: 9999 }),
    tailnum: fc.stringMatching(/^N[A-Z0-9]{4}$/),
    date: day,
    status: fc.constantFrom(...STATUSES),
    min_delay: fc.integer({ min: -1440, max: 1440 }),
    hour: someOf(HOUR_NUMBERS),
    weekday: someOf(WEEKDAY_NUMBERS),
    sort: fc.constantFrom(...SORTS),
  },
  { requiredKeys: [] },
);

test("any filters written into an address are read from it again", () => {
  fc.assert(
    fc.property(someFilters, (filters) => {
      expect(read(writeFilters(filters))).toEqual({ filters, problems: [] });
    }),
  );
});

test("no address whatever makes the reading fail", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("origin", "date", "from", "to", "hour", "sort", "x"), fc.string())),
      (pairs) => {
        expect(() => readFilters(new URLSearchParams(pairs))).not.toThrow();
      },
    ),
  );
});

test("the flights without a filter are the front page", () => {
  expect(exploreHref({ dest: undefined })).toBe("/");
  expect(exploreHref({ dest: "LAX", hour: "0" })).toBe("/?dest=LAX&hour=0");
});
