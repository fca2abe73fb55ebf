import { expect, test } from "vitest";
import {
  clock,
  dayOffset,
  daysBetween,
  duration,
  hourSpan,
  longDate,
  perCent,
  shortDate,
  signed,
  signedLong,
  signedMean,
  whole,
} from "./format";

test("an hour and more is told in hours, with its minutes under those of the others", () => {
  expect([0, 47, 60, 65, 1272, -3, -72].map(signedLong)).toEqual([
    ...["0", "+47", "+1 h 00", "+1 h 05", "+21 h 12", "−3", "−1 h 12"],
  ]);
});

test("large figures have commas", () => {
  expect([0, 999, 1000, 336776, 1234567].map(whole)).toEqual(["0", "999", "1,000", "336,776", "1,234,567"]);
});

test("minutes have a sign, a true minus sign, and zero has none", () => {
  expect([47, -3, 0, 1301].map(signed)).toEqual(["+47", "−3", "0", "+1,301"]);
  expect([6.895, -0.54, 0.04, null].map(signedMean)).toEqual(["+6.9", "−0.5", "0.0", "–"]);
});

test("a share of nothing is no share", () => {
  expect([0.7337, 0, 1, null].map(perCent)).toEqual(["73.4%", "0.0%", "100.0%", "–"]);
});

test("local times are read as written, whatever the reader's own time zone", () => {
  expect(clock("2013-01-01T05:15:00")).toBe("05:15");
  expect(shortDate("2013-01-01T23:59:00")).toBe("Tue 1 Jan");
  expect(longDate("2013-07-18")).toBe("Thursday 18 July 2013");
});

test("days between are calendar days", () => {
  expect(daysBetween("2013-12-31T23:59:00", "2014-01-01T00:10:00")).toBe(1);
  expect(daysBetween("2013-03-09T23:00:00", "2013-03-11T01:00:00")).toBe(2);
  expect(daysBetween("2013-01-01T00:00:00", "2013-01-01T23:59:00")).toBe(0);
});

test("durations and hours are spelled out", () => {
  expect([7, 60, 307].map(duration)).toEqual(["7 min", "1 h 00 min", "5 h 07 min"]);
  expect(hourSpan(5)).toBe("05:00–05:59");
});

test("a time on another day says so", () => {
  const planned = "2013-01-09T09:00:00";
  expect(dayOffset(planned, "2013-01-09T23:59:00")).toBe("");
  expect(dayOffset(planned, "2013-01-10T06:41:00")).toBe("+1 day");
  expect(dayOffset(planned, "2013-01-11T00:00:00")).toBe("+2 days");
  expect(dayOffset(planned, "2013-01-08T23:50:00")).toBe("−1 day");
});
