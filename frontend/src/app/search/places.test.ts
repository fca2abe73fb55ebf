import { expect, test } from "vitest";
import { placesOf, search } from "./places";

const places = placesOf({
  airlines: new Map([
    ["UA", "United Air Lines Inc."],
    ["AS", "Alaska Airlines Inc."],
  ]),
  airports: new Map([
    ["SAN", "San Diego Intl"],
    ["SFO", "San Francisco Intl"],
    ["SJC", "Norman Y Mineta San Jose Intl"],
    ["JFK", "John F Kennedy Intl"],
  ]),
});
const found = (query: string) => search(places, query).flatMap(({ items }) => items.map(({ code }) => code));

test("a code comes before a name, a name's beginning before a word within it", () => {
  expect(found("san")).toEqual(["SAN", "SFO", "SJC"]);
});

test("the kind with the better match comes first", () => {
  expect(search(places, "ua").map(({ value }) => value)).toEqual(["Airlines"]);
  expect(found("as")[0]).toBe("AS");
});

test("an airport leads to the flights there, New York's own to the flights from it", () => {
  const filters = Object.fromEntries(places.airports.map(({ code, filter }) => [code, filter]));
  expect(filters).toMatchObject({ SFO: { dest: "SFO" }, JFK: { origin: "JFK" } });
});

test("nothing is found for what is nowhere", () => {
  expect(search(places, "zzz")).toEqual([]);
});
