import { expect, test } from "vitest";
import { readPartTiming, readServerTiming } from "../src/headers/serverTiming.ts";

const HEADER =
  'rid;desc="8f2c", app;dur=1.25, cache;dur=0.25;desc="miss, stored", db;dur=0.5;desc="1 statement", serialize;dur=0.125';

test("the header is read into claims that sum to the application's whole time", () => {
  const { rid, claims, statements } = readServerTiming(HEADER);

  expect(rid).toBe("8f2c");
  expect(statements).toBe(1);
  expect(claims).toEqual([
    { name: "cache", ms: 0.25, detail: "miss, stored" },
    { name: "db", ms: 0.5, detail: "1 statement" },
    { name: "serialize", ms: 0.125 },
    { name: "app (other)", ms: 0.375 },
  ]);
});

test("without a header there are no claims", () => {
  expect(readServerTiming(undefined)).toEqual({ rid: null, claims: [], statements: null });
});

test("an answer without a database span had no statements", () => {
  expect(readServerTiming('rid;desc="a", app;dur=0.1, cache;dur=0.02;desc="hit"').statements).toBe(0);
});

test("parameters in any order, unknown metrics and absurd durations cause no error", () => {
  const { claims } = readServerTiming(
    'edge, cdn-x;dur=5, db;desc="2 statements";dur=1, cache;dur=-3, app;dur=NaN, ;;=',
  );

  expect(claims).toEqual([
    { name: "cache", ms: 0 },
    { name: "db", ms: 1, detail: "2 statements" },
  ]);
});

test("a part's timing includes its wait for its turn", () => {
  const { claims, statements } = readPartTiming({ start: 2, app: 1, db: 0.75, statements: 2 });

  expect(statements).toBe(2);
  expect(claims).toEqual([
    { name: "waiting for another", ms: 2, detail: "until the server began this part" },
    { name: "db", ms: 0.75, detail: "2 statements" },
    { name: "app (other)", ms: 0.25 },
  ]);
});

test.each([undefined, null, "fast", { start: "soon", app: {} }])(
  "an invalid timing of a part (%j) makes no claims",
  (timing) => {
    expect(readPartTiming(timing)).toEqual({ start: 0, app: 0, claims: [], statements: null });
  },
);
