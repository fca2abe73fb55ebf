import { expect, test } from "vitest";
import { timesOf, together } from "./verdicts";

const line = (delays: number[], cancelled = 0) => {
  const n = delays.length;
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / n;
  const on_time = delays.filter((delay) => delay < 15).length;
  return {
    ...{ count: n + cancelled, cancelled, on_time, delayed: n - on_time },
    on_time_share: on_time / (n + cancelled),
    mean_delay: n > 0 ? mean : null,
    var_delay: n > 1 ? delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / (n - 1) : null,
  };
};

test("lines together have the mean and the variance of all of their arrivals", () => {
  const [some, others, one] = [[10, 40, -5, 3], [0, -12, 7], [100]];
  const all = together([line(some, 2), line(others), line(one), line([], 3)]);
  const expected = line([...some, ...others, ...one], 5);
  expect(all).toEqual({
    ...expected,
    mean_delay: expect.closeTo(expected.mean_delay ?? 0, 10),
    var_delay: expect.closeTo(expected.var_delay ?? 0, 8),
  });
});

test("lines without an arrival have no mean", () => {
  expect(together([line([], 2)])).toMatchObject({ count: 2, mean_delay: null, var_delay: null });
});

const HOURS = [
  { hour: 1, ...line([30]) },
  { hour: 5, ...line([-4]) },
  { hour: 11, ...line([0, 1]) },
  { hour: 23, ...line([10]) },
];

test("hours are told as times of day, the night over midnight", () => {
  const { what, lines } = timesOf(HOURS, "mean");
  expect(what).toBe("Time of day");
  expect(lines.map(({ name, mean_delay }) => [name, mean_delay])).toEqual([
    ["Morning, 05:00–11:59", -1],
    ["Night, 22:00–04:59", 20],
  ]);
});

test("hours of one time of day are told as hours, and so is what cannot be added up", () => {
  expect(timesOf(HOURS.slice(1, 3), "mean").lines.map(({ name }) => name)).toEqual([
    "05:00–05:59",
    "11:00–11:59",
  ]);
  expect(timesOf(HOURS, "median")).toMatchObject({ what: "Hour", lines: { length: 4 } });
});
