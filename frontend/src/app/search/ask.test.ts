import { expect, test } from "vitest";
import { isOneLetterOff, understand } from "./ask";

const first = (query: string) => understand(query).finds[0];
const filters = (query: string) => understand(query).finds.map(({ filter }) => filter);

test.each([
  ["UA1545", { carrier: "UA", flight: 1545 }],
  ["ua 1545", { carrier: "UA", flight: 1545 }],
  ["united 1545", { carrier: "UA", flight: 1545 }],
  ["B6-725", { carrier: "B6", flight: 725 }],
  ["1545", { flight: 1545 }],
  ["n14228", { tailnum: "N14228" }],
  ["JFK LAX", { origin: "JFK", dest: "LAX" }],
  ["jfk-lax", { origin: "JFK", dest: "LAX" }],
  ["jfk to boston", { origin: "JFK", dest: "BOS" }],
  ["to Boston from laguardia", { origin: "LGA", dest: "BOS" }],
  ["O'Hare", { dest: "ORD" }],
  ["ohare", { dest: "ORD" }],
  ["laguardia", { origin: "LGA" }],
  ["la guardia", { origin: "LGA" }],
  ["houston", { dest: "IAH" }],
  ["chicago", { dest: "ORD" }],
  ["los ang", { dest: "LAX" }],
  ["bostn", { dest: "BOS" }],
  ["san fransisco", { dest: "SFO" }],
  ["hawaiian", { carrier: "HA" }],
  ["ha", { carrier: "HA" }],
  ["friday evening jfk lax", { origin: "JFK", dest: "LAX", weekday: "5", hour: "17-21" }],
  ["JFK to LAX on Fridays 17:00-21:59", { origin: "JFK", dest: "LAX", weekday: "5", hour: "17-21" }],
  ["mornings from newark", { origin: "EWR", hour: "5-11" }],
  ["nights", { hour: "22-4" }],
  ["5pm to miami", { dest: "MIA", hour: "17" }],
  ["22-2", { hour: "22-2" }],
  ["weekend delta", { carrier: "DL", weekday: "6-7" }],
  ["cancelled to denver", { dest: "DEN", status: "cancelled" }],
])("“%s” is understood", (query, filter) => {
  expect(first(query)?.filter).toEqual(filter);
});

test.each(["4 july", "july 4", "4th jul 2013", "2013-07-04"])("“%s” is a day", (query) => {
  expect(first(query)?.filter).toMatchObject({ date: "2013-07-04" });
});

test("a month is one, and a day that is none is not", () => {
  expect(first("july")?.filter).toMatchObject({ month: "2013-07" });
  expect(filters("31 february")).not.toContainEqual(expect.objectContaining({ date: expect.anything() }));
});

test("of several places of one name, what is flown most comes first", () => {
  expect(filters("houston")).toEqual([{ dest: "IAH" }, { dest: "HOU" }]);
  expect(filters("new york").slice(0, 3)).toEqual([{ origin: "EWR" }, { origin: "JFK" }, { origin: "LGA" }]);
  expect(filters("washington").slice(0, 2)).toEqual([{ dest: "DCA" }, { dest: "IAD" }]);
});

test("a route that nobody flew is not offered", () => {
  expect(filters("lga honolulu")).toEqual([]);
  expect(first("jfk lax")?.flights).toBe(11262);
});

test("a question for the best is one for the charts", () => {
  const { isComparison, finds } = understand("which airline to boston");
  expect(isComparison).toBe(true);
  expect(finds.map(({ filter }) => filter)).toEqual([{ dest: "BOS" }]);
  expect(understand("boston").isComparison).toBe(false);
});

test("a question whether some times are better is one for the charts of all times", () => {
  const { isComparison, finds } = understand("whether mornings are better from Newark");
  expect(isComparison).toBe(true);
  expect(finds[0]?.filter).toEqual({ origin: "EWR" });
  expect(first("which airline on friday evenings from jfk")?.filter).toEqual({
    origin: "JFK",
    weekday: "5",
    hour: "17-21",
  });
});

test.each(["zeppelin", "", "from", "jfk zeppelin"])("“%s” is nothing", (query) => {
  expect(understand(query).finds).toEqual([]);
});

test("one letter may be wrong, missing, too many or swapped, and no two", () => {
  for (const typed of ["bostan", "bosto", "bostoon", "bsoton"])
    expect(isOneLetterOff("boston", typed)).toBe(true);
  for (const typed of ["boston", "bosta", "bsotno", "austin"])
    expect(isOneLetterOff("boston", typed)).toBe(false);
});
