import { describe, expect, it } from "vitest";
import { endpointOf, endpointStatistics, shortAddress } from "../../src/panel/endpoint.ts";
import { aBatch, aPart, aTrip } from "./fixtures.ts";

describe("endpointOf", () => {
  it.each([
    ["/api/v1/flights?origin=JFK&fields=id&limit=50", "GET /flights?fields&limit&origin"],
    ["/api/v1/flights/123?fields=id", "GET /flights/:id?fields"],
    ["/api/v1/airports/JFK", "GET /airports/:id"],
    ["/api/v1/planes/N10156", "GET /planes/:id"],
    ["/api/v1/airlines/9E", "GET /airlines/:id"],
    ["/api/v1/openapi.json", "GET /openapi.json"],
    ["/flights/7", "GET /flights/:id"],
    ["https://example.org/api/v2/delays?by=hour", "GET /delays?by"],
  ])("%s is %s", (url, endpoint) => {
    expect(endpointOf("get", url)).toBe(endpoint);
  });

  it("is the same for any order of the parameters", () => {
    expect(endpointOf("GET", "/api/v1/flights?b=1&a=2")).toBe(endpointOf("GET", "/api/v1/flights?a=9&b=8"));
  });
});

describe("shortAddress", () => {
  it("leaves out the API's prefix and decodes the rest", () => {
    expect(shortAddress("/api/v1/flights?fields=id%2Cairline.name&q=New%20York")).toBe(
      "/flights?fields=id,airline.name&q=New York",
    );
  });

  it("shows an address that cannot be decoded unchanged", () => {
    expect(shortAddress("/api/v1/airports/%E0%A4%A")).toBe("/airports/%E0%A4%A");
  });
});

describe("endpointStatistics", () => {
  it("counts a batch's parts under their own endpoints, and the batch under its own", () => {
    const rows = endpointStatistics({ roundTrips: [aTrip(), aBatch()] });
    expect(rows.map(({ endpoint, count }) => [endpoint, count])).toEqual([
      ["GET /flights?fields&limit&origin", 1],
      ["POST /batch", 1],
      ["GET /flights/:id?fields", 1],
      ["GET /airlines/:id?fields", 1],
      ["GET /airports/:id?fields", 1],
    ]);
  });

  it("gives the percentiles and the sources of the answers", () => {
    const roundTrips = [10, 20, 30].map((length, id) =>
      aTrip({ id, start: 0, end: length, source: length === 10 ? "browser" : "server" }),
    );
    const [row] = endpointStatistics({ roundTrips });
    expect(row).toMatchObject({ count: 3, p50: 20, p95: 29 });
    expect([...(row?.sources ?? [])]).toEqual([
      ["browser", 1],
      ["server", 2],
    ]);
  });

  it.each([
    [["server-cache", "server-cache"], "server-cache"],
    [["server-cache", "304"], "mixed"],
    [[], "server"],
  ] as const)("for a batch with parts from %j the source is %s", (from, origin) => {
    const parts = from.map((source, i) => aPart({ id: String(i), source }));
    const rows = endpointStatistics({ roundTrips: [aBatch({ parts })] });
    const batch = rows.find(({ endpoint }) => endpoint === "POST /batch");
    expect([...(batch?.sources ?? [])]).toEqual([[origin, 1]]);
  });

  it("leaves out requests without an answer: under way, failed, cancelled", () => {
    const roundTrips = [
      aTrip({ end: null, status: null, state: "pending" }),
      aTrip({ status: null, state: "failed" }),
      aBatch({ state: "cancelled", parts: [aPart()] }),
    ];
    expect(endpointStatistics({ roundTrips })).toEqual([]);
  });
});
