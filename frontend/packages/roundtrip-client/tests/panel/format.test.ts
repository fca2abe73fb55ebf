import { expect, it } from "vitest";
import { bytes, count, ms, percent, tickLabel } from "../../src/panel/format.ts";

it("prints times with a precision that fits their size", () => {
  expect([0, 0.084, 8.41, 84.1, 999.4, 999.6, 12_345].map(ms)).toEqual([
    "0 ms",
    "0.08 ms",
    "8.4 ms",
    "84 ms",
    "999 ms",
    "1.00 s",
    "12.35 s",
  ]);
});

it("never rounds a time up into the form of the next range", () => {
  expect([0.996, 9.96].map(ms)).toEqual(["1.0 ms", "10 ms"]);
});

it("prints marks on the clock without needless digits", () => {
  expect([0, 0.2, 50, 3900, 10_000].map(tickLabel)).toEqual(["0", "0.2 ms", "50 ms", "3.9 s", "10 s"]);
});

it("prints sizes in decimal units", () => {
  expect([0, 812, 12_345, 999_960, 2_500_000].map(bytes)).toEqual([
    "0 B",
    "812 B",
    "12.3 kB",
    "1.0 MB",
    "2.5 MB",
  ]);
});

it("prints counts and shares", () => {
  expect([count(1, "part"), count(0, "part"), count(1200, "part")]).toEqual([
    "1 part",
    "0 parts",
    "1,200 parts",
  ]);
  expect([0, 0.013, 0.42].map(percent)).toEqual(["0 %", "1.3 %", "42 %"]);
});
