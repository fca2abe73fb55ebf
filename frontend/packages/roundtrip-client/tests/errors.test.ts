import { expect, test } from "vitest";
import { isWorthRetrying, ProblemError, problemOf, retryDelay } from "../src/errors.ts";

test("a problem keeps the server's words and the parameters at fault", () => {
  const errors = [{ parameter: "fields", detail: "unknown field", allowed: ["id"] }];
  const problem = problemOf({
    status: 400,
    headers: {},
    body: { title: "Bad Request", status: 400, detail: "No such field.", errors },
  });

  expect(problem).toMatchObject({
    kind: "problem",
    status: 400,
    title: "Bad Request",
    message: "No such field.",
    errors,
  });
});

test("an error page without a problem object still makes a readable error", () => {
  expect(problemOf({ status: 502, headers: {}, body: "<html>" })).toMatchObject({
    status: 502,
    title: "The server answered 502",
    errors: [],
  });
});

test("a network error is retried twice", () => {
  const error = new ProblemError({ kind: "network", title: "" });

  expect([0, 1, 2].map((failures) => isWorthRetrying(failures, error))).toEqual([true, true, false]);
});

test("a 503 is retried only with Retry-After", () => {
  expect(isWorthRetrying(0, problemOf({ status: 503, headers: { "retry-after": "2" }, body: null }))).toBe(
    true,
  );
  expect(isWorthRetrying(0, problemOf({ status: 503, headers: {}, body: null }))).toBe(false);
  expect(isWorthRetrying(0, problemOf({ status: 503, headers: { "retry-after": "3600" }, body: null }))).toBe(
    false,
  );
});

test.each([400, 404, 410, 429, 500])("a %i is never retried", (status) => {
  expect(isWorthRetrying(0, problemOf({ status, headers: { "retry-after": "1" }, body: null }))).toBe(false);
});

test("the error of a second try is not retried", () => {
  const refused = { status: 503, headers: { "retry-after": "2" }, body: null };
  expect(isWorthRetrying(0, problemOf({ ...refused, retried: true }))).toBe(false);
});

test("a request that failed offline is not retried: the reconnect sends it again", () => {
  expect(isWorthRetrying(0, new ProblemError({ kind: "offline", title: "" }))).toBe(false);
});

test("the wait is the server's Retry-After, in seconds or as a date, or else grows with each failure", () => {
  const inTenSeconds = new Date(Date.now() + 10_000).toUTCString();
  const network = new ProblemError({ kind: "network", title: "" });

  const asked = retryDelay(0, problemOf({ status: 503, headers: { "retry-after": "2" }, body: null }));
  expect(asked).toBeGreaterThanOrEqual(2000);
  expect(asked).toBeLessThanOrEqual(2500);
  expect(
    retryDelay(0, problemOf({ status: 503, headers: { "retry-after": inTenSeconds }, body: null })),
  ).toBeGreaterThan(8000);
  expect(retryDelay(0, network)).toBeLessThanOrEqual(300);
  expect(retryDelay(2, network)).toBeGreaterThanOrEqual(600);
});
