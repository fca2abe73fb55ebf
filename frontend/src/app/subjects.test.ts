import { expect, test } from "vitest";
import { subjectAt, subjectHref } from "./subjects";

test.each([
  ["/airlines/UA", { carrier: "UA" }],
  ["/airports/LGA", { origin: "LGA" }],
  ["/airports/BOS", { dest: "BOS" }],
  ["/routes/JFK-LAX", { origin: "JFK", dest: "LAX" }],
  ["/numbers/UA1545", { carrier: "UA", flight: 1545 }],
  ["/numbers/9E4", { carrier: "9E", flight: 4 }],
])("%s is about its flights", (path, filters) => {
  expect(subjectAt(path)?.filters).toEqual(filters);
});

test.each([
  ...["/airlines/ua", "/airlines/UAL", "/airlines/", "/airports/lga", "/routes/LAX-JFK", "/routes/JFKLAX"],
  ...["/numbers/UA", "/numbers/UA0", "/numbers/UA15450", "/planes/N14228", "/"],
])("%s is about nothing", (path) => {
  expect(subjectAt(path)).toBeUndefined();
});

test.each(["/airlines/UA", "/airports/LGA", "/airports/BOS", "/routes/JFK-LAX", "/numbers/UA1545"])(
  "the filters of %s lead to it",
  (path) => {
    expect(subjectHref(subjectAt(path)?.filters ?? {})).toBe(path);
  },
);

test("filters that choose less or more than one thing lead to no page", () => {
  for (const filters of [{}, { flight: 1545 }, { carrier: "UA", dest: "BOS" }, { dest: "BOS", weekday: "5" }])
    expect(subjectHref(filters)).toBeUndefined();
});
