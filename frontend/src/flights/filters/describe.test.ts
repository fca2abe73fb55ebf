import { expect, test } from "vitest";
import { describeFilter } from "./describe";
import type { Filters, Parameter } from "./filters";

const NAMES = {
  airlines: new Map([["UA", "United Air Lines Inc."]]),
  airports: new Map([["LAX", "Los Angeles Intl"]]),
};

test.each<[Filters, string]>([
  [{ hour: "17" }, "leaving 17:00–17:59"],
  [{ hour: "17-21" }, "leaving 17:00–21:59"],
  [{ hour: "6,22-2" }, "leaving 06:00–06:59 and 22:00–02:59"],
  [{ weekday: "5" }, "on Fridays"],
  [{ weekday: "1-5" }, "on Mondays to Fridays"],
  [{ weekday: "6-7" }, "on Saturdays and Sundays"],
  [{ weekday: "1,3,7" }, "on Wednesdays, Sundays and Mondays"],
  [{ dest: "LAX" }, "to LAX Los Angeles Intl"],
  [{ carrier: "AS" }, "AS"],
])("%j in words", (filters, words) => {
  const [parameter] = Object.keys(filters) as Parameter[];
  expect(parameter && describeFilter(parameter, filters, NAMES)).toBe(words);
});
