import { expect, test } from "vitest";
import { delayInWords, flightsInWords } from "./inWords";

test("a long delay is told in hours", () => {
  expect([0, 11, -3, 60, 1272].map(delayInWords)).toEqual([
    "on time",
    "11 min late",
    "3 min early",
    "1 h 00 min late",
    "21 h 12 min late",
  ]);
});

test("one flight is one flight", () => {
  expect([0, 1, 1000].map(flightsInWords)).toEqual(["0 flights", "1 flight", "1,000 flights"]);
});
