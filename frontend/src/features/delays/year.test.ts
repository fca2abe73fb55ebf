import { expect, test } from "vitest";
import { blocksOf, daysOf, rangeOf } from "./year";

test.each([1, 2, 4])("in %i parts, the weeks hold each day of the year once, on its weekday", (parts) => {
  const weeks = blocksOf(parts).flat();
  const days = weeks.flatMap(({ dates }) => dates.filter((date) => date !== undefined));
  expect(days).toHaveLength(365);
  expect(new Set(days).size).toBe(365);
  expect([days[0], days.at(-1)]).toEqual(["2013-01-01", "2013-12-31"]);
  for (const { dates } of weeks)
    for (const [row, date] of dates.entries())
      if (date) expect(new Date(`${date}T00:00:00Z`).getUTCDay()).toBe((row + 1) % 7);
});

test("a week is of the month that its Thursday is in", () => {
  const weeks = blocksOf(1).flat();
  expect([weeks[0], weeks[4], weeks[5], weeks[52]].map((week) => week?.month)).toEqual([0, 0, 1, 11]);
});

test.each([
  [{ date: "2013-07-04" }, "2013-07-04", "2013-07-04"],
  [{ from: "2013-07-04", to: "2013-07-08" }, "2013-07-04", "2013-07-08"],
  [{ month: "2013-07" }, "2013-07-01", "2013-07-31"],
  [{ month: "2013-07", from: "2013-07-20" }, "2013-07-20", "2013-07-31"],
  [{ month: "2013-07", to: "2013-07-20" }, "2013-07-01", "2013-07-20"],
])("%j is of the days from %s to %s", (filters, from, to) => {
  expect(rangeOf(filters)).toEqual({ from, to });
});

test("filters that say nothing of days have no range, and a range of one day is that day", () => {
  expect(rangeOf({ origin: "LGA" })).toBeUndefined();
  expect(daysOf({ from: "2013-07-04", to: "2013-07-04" })).toEqual({ date: "2013-07-04" });
  expect(daysOf({ from: "2013-07-04", to: "2013-07-05" })).toEqual({ from: "2013-07-04", to: "2013-07-05" });
});
