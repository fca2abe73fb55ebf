import { expect, test } from "vitest";
import { LANGUAGES, snippet } from "./snippets";

const ORIGIN = "https://example.org";
const ONE = {
  method: "GET",
  url: "/api/v1/flights/7?fields=id,airline.name",
  path: "/api/v1/flights/{id}",
};
const BATCH = {
  method: "POST",
  url: "/api/v1/batch",
  path: "/api/v1/batch",
  body: {
    requests: [
      { id: "flight", url: "/api/v1/flights/1" },
      { id: "year", url: "/api/v1/delays?by=month&carrier=UA" },
    ],
  },
};

test.each(LANGUAGES)("%s names the server and the address", (language) => {
  const written = snippet(language, ONE, ORIGIN);
  expect(written).toContain("https://example.org/api/v1");
  expect(written).toMatch(/flights\/(7|\{id\})/);
});

test("roundtrip-client gets the path's template, its arguments and its fields", () => {
  expect(snippet("roundtrip-client", ONE, ORIGIN)).toContain(
    'fetchQuery(client.one("/flights/{id}", { id: 7 }, ["id", "airline.name"]))',
  );
});

test("a batch is a Promise.all for roundtrip-client, and a body for the others", () => {
  const ours = snippet("roundtrip-client", BATCH, ORIGIN);
  expect(ours).toContain('client.one("/flights/{id}", { id: 1 })');
  expect(ours).toContain('client.one("/delays", { by: "month", carrier: "UA" })');
  expect(snippet("Python", BATCH, ORIGIN)).toContain('requests.request("POST"');
});

test("an apostrophe ends no argument of the shell", () => {
  const asked = { method: "GET", url: "/api/v1/airports?q=O'Hare", path: "/api/v1/airports" };
  expect(snippet("cURL", asked, ORIGIN)).toBe(
    `curl --compressed 'https://example.org/api/v1/airports?q=O'\\''Hare'`,
  );
});
