import { expect, test } from "vitest";
import { isWorthRetrying, ProblemError, problemOf, retryDelay } from "./errors";

test("a problem keeps the server's words and the parameters at fault", () => {
  const errors = [{ parameter: "fields", detail: "unknown field", allowed: ["id"] }];
  const problem = problemOf(400, {}, { title: "Bad Request", status: 400, detail: "No such field.", errors });

  expect(problem).toMatchObject({
    kind: "problem",
    status: 400,
    title: "Bad Request",
    message: "No such field.",
    errors,
  });
});

test("an error page that is no problem object still makes a readable error", () => {
  expect(problemOf(502, {}, "<html>")).toMatchObject({
    status: 502,
    title: "The server answered 502",
    errors: [],
  });
});

test("what the network broke is tried again, twice", () => {
  const error = new ProblemError({ kind: "network", title: "" });

  expect([0, 1, 2].map((failures) => isWorthRetrying(failures, error))).toEqual([true, true, false]);
});

test("a 503 is tried again only when it says when", () => {
  expect(isWorthRetrying(0, problemOf(503, { "retry-after": "2" }, null))).toBe(true);
  expect(isWorthRetrying(0, problemOf(503, {}, null))).toBe(false);
  expect(isWorthRetrying(0, problemOf(503, { "retry-after": "3600" }, null))).toBe(false);
});

test.each([400, 404, 410, 429, 500])("a %i is never tried again", (status) => {
  expect(isWorthRetrying(0, problemOf(status, { "retry-after": "1" }, null))).toBe(false);
});

test("being offline is not tried again: reconnecting asks", () => {
  expect(isWorthRetrying(0, new ProblemError({ kind: "offline", title: "" }))).toBe(false);
});

test("the wait is what the server asked, in seconds or as a date, else grows with each failure", () => {
  const inTenSeconds = new Date(Date.now() + 10_000).toUTCString();
  const network = new ProblemError({ kind: "network", title: "" });

  expect(retryDelay(0, problemOf(503, { "retry-after": "2" }, null))).toBe(2000);
  expect(retryDelay(0, problemOf(503, { "retry-after": inTenSeconds }, null))).toBeGreaterThan(8000);
  expect(retryDelay(0, network)).toBeLessThanOrEqual(300);
  expect(retryDelay(2, network)).toBeGreaterThanOrEqual(600);
});
