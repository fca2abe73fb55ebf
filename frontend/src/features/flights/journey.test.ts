import { expect, test } from "vitest";
import { isSummer, journeyOf } from "./journey";

const NEW_YORK = {
  faa: "JFK",
  name: "",
  lat: 0,
  lon: 0,
  alt: 0,
  tz: -5,
  dst: "A",
  tzone: "America/New_York",
};
const HONOLULU = { ...NEW_YORK, faa: "HNL", tz: -10, dst: "N", tzone: "Pacific/Honolulu" };
const LOS_ANGELES = { ...NEW_YORK, faa: "LAX", tz: -8, tzone: "America/Los_Angeles" };

const flight = {
  sched_dep: "2013-01-01T09:00:00",
  sched_arr: "2013-01-01T12:30:00",
  dep_delay: -3,
  arr_delay: 20,
  origin_airport: NEW_YORK,
  dest_airport: LOS_ANGELES,
};

test("puts plan and flight on one clock across time zones", () => {
  expect(journeyOf(flight)).toEqual({
    planned: { start: 0, end: 390 },
    actual: { start: -3, end: 410 },
  });
});

test("knows who keeps summer time", () => {
  const times = {
    sched_dep: "2013-07-01T09:00:00",
    sched_arr: "2013-07-01T14:00:00",
    dest_airport: HONOLULU,
  };
  expect(journeyOf({ ...flight, ...times }).planned.end).toBe((5 + 6) * 60);
});

test("crosses midnight", () => {
  const times = { sched_dep: "2013-01-01T21:00:00", sched_arr: "2013-01-02T00:30:00" };
  expect(journeyOf({ ...flight, ...times }).planned.end).toBe(390);
});

test("a cancelled flight has only a plan, a diverted one no end", () => {
  expect(journeyOf({ ...flight, dep_delay: null, arr_delay: null }).actual).toBeNull();
  expect(journeyOf({ ...flight, arr_delay: null }).actual).toEqual({ start: -3, end: null });
});

test("knows the clocks of the islands that the airports' list does not have, which stay as they are in summer", () => {
  const toSanJuan = { ...flight, dest_airport: null };
  const winter = { sched_dep: "2013-01-01T08:20:00", sched_arr: "2013-01-01T13:29:00" };
  const summer = { sched_dep: "2013-07-01T08:20:00", sched_arr: "2013-07-01T12:29:00" };
  expect(journeyOf({ ...toSanJuan, ...winter }).planned.end).toBe(249);
  expect(journeyOf({ ...toSanJuan, ...summer }).planned.end).toBe(249);
});

test("American summers begin and end at two in the morning on their Sundays", () => {
  expect(
    [
      "2013-03-10T01:59:00",
      "2013-03-10T02:00:00",
      "2013-11-03T01:59:00",
      "2013-11-03T02:00:00",
      "2014-03-09T03:00:00",
    ].map(isSummer),
  ).toEqual([false, true, true, false, true]);
});
