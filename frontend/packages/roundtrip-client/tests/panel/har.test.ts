import { describe, expect, it } from "vitest";
import { type Har, toHar } from "../../src/panel/har.ts";
import { aBatch, aSnapshot, aTrip, spansFrom } from "./fixtures.ts";

const setting = { origin: "https://example.org", version: "1" };
const harOf = (...roundTrips: ReturnType<typeof aTrip>[]) => toHar(aSnapshot({ roundTrips }), setting);

function onlyEntry(har: Har) {
  const [entry] = har.log.entries;
  if (!entry) throw new Error("no entry");
  return entry;
}

/** The properties that HAR 1.2 requires, by object. */
const REQUIRED = {
  log: ["version", "creator", "entries"],
  creator: ["name", "version"],
  page: ["startedDateTime", "id", "title", "pageTimings"],
  entry: ["startedDateTime", "time", "request", "response", "cache", "timings"],
  request: ["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"],
  response: [
    "status",
    "statusText",
    "httpVersion",
    "cookies",
    "headers",
    "content",
    "redirectURL",
    "headersSize",
    "bodySize",
  ],
  content: ["size", "mimeType"],
  timings: ["send", "wait", "receive"],
} as const;

describe("toHar", () => {
  it("has every property that HAR 1.2 requires, and names its own with an underscore", () => {
    const { log } = toHar(aSnapshot(), setting);
    const has = (value: object, required: readonly string[], optional: readonly string[] = []) => {
      const standard = Object.keys(value).filter((name) => !name.startsWith("_"));
      expect(standard.filter((name) => !optional.includes(name)).sort()).toEqual([...required].sort());
    };
    has(log, REQUIRED.log, ["pages", "comment"]);
    has(log.creator, REQUIRED.creator);
    expect(log.version).toBe("1.2");
    expect(log.entries).toHaveLength(2);
    for (const page of log.pages) has(page, REQUIRED.page);
    for (const entry of log.entries) {
      has(entry, REQUIRED.entry, ["pageref"]);
      has(entry.request, REQUIRED.request);
      has(entry.response, REQUIRED.response);
      has(entry.response.content, REQUIRED.content);
      has(entry.timings, REQUIRED.timings, ["blocked", "dns", "connect", "ssl", "comment"]);
    }
  });

  it("makes phases that add up to the entry's time, TLS within connect", () => {
    const spans = spansFrom(
      5,
      ["batch window", 2],
      ["queued", 1],
      ["dns", 3],
      ["connect", 4],
      ["tls", 5],
      ["request", 0.5],
      ["network", 10],
      ["db", 6],
      ["download", 2],
      ["decode", 1],
      ["unaccounted", 0.25],
    );
    const { timings, time } = onlyEntry(harOf(aTrip({ start: 5, spans })));
    expect(timings).toMatchObject({
      blocked: 3.25,
      dns: 3,
      connect: 9,
      ssl: 5,
      send: 0.5,
      wait: 16,
      receive: 3,
    });
    const { blocked, dns, connect, send, wait, receive } = timings;
    expect(blocked + dns + connect + send + wait + receive).toBeCloseTo(time);
  });

  it("gives -1 to phases that did not occur", () => {
    expect(onlyEntry(harOf(aTrip())).timings).toMatchObject({ dns: -1, connect: -1, ssl: -1 });
  });

  it("makes addresses and times absolute, and lists the query", () => {
    const entry = onlyEntry(
      harOf(aTrip({ url: "/api/v1/flights?origin=JFK&fields=id%2Ccarrier", start: 1500 })),
    );
    expect(entry.startedDateTime).toBe("2013-01-01T00:00:01.500Z");
    expect(entry.request.url).toBe("https://example.org/api/v1/flights?origin=JFK&fields=id%2Ccarrier");
    expect(entry.request.queryString).toEqual([
      { name: "origin", value: "JFK" },
      { name: "fields", value: "id,carrier" },
    ]);
  });

  it("names a page for each action that an entry refers to", () => {
    const { pages, entries } = toHar(aSnapshot(), setting).log;
    expect(pages.map(({ title }) => title)).toEqual(["page load", "open flight 123"]);
    for (const { pageref } of entries) expect(pages.map(({ id }) => id)).toContain(pageref);
  });

  it("keeps spans and parts in fields of its own, on the entry's clock", () => {
    const entry = onlyEntry(harOf(aBatch({ start: 60 })));
    expect(entry._spans[1]).toEqual({ name: "network", start: 2, duration: 12 });
    expect(entry._parts.map(({ id, source, start }) => [id, source, start])).toEqual([
      ["1", "server", 0],
      ["2", "server-cache", 0],
      ["3", "304", 0],
    ]);
  });

  it("gives each entry the time of day of its start, also after the computer slept", () => {
    const slept = 2.5 * 3_600_000;
    const [before, after] = harOf(
      aTrip({ start: 1500 }),
      aTrip({ id: 2, start: 2000, epoch: Date.UTC(2013, 0, 1) + slept }),
    ).log.entries;
    expect(before?.startedDateTime).toBe("2013-01-01T00:00:01.500Z");
    expect(after?.startedDateTime).toBe("2013-01-01T02:30:02.000Z");
  });

  it("counts no headers as a body: a 304 has none", () => {
    const sizeOf = (wire: number | null) =>
      onlyEntry(harOf(aTrip({ bytes: { wire, decoded: null } }))).response.bodySize;
    expect([sizeOf(300), sizeOf(0), sizeOf(4210), sizeOf(null)]).toEqual([0, 0, 3910, -1]);
  });

  it("leaves out round trips under way", () => {
    expect(harOf(aTrip({ end: null, state: "pending" })).log.entries).toEqual([]);
  });

  it("leaves out headers that could sign a reader of the file in", () => {
    const requestHeaders = { Authorization: "Bearer abc", Cookie: "session=1", accept: "application/json" };
    const entry = onlyEntry(harOf(aTrip({ requestHeaders, responseHeaders: { "set-cookie": "session=2" } })));
    expect(entry.request.headers).toEqual([{ name: "accept", value: "application/json" }]);
    expect(entry.response.headers).toEqual([]);
  });

  it("is plain data", () => {
    const har = toHar(aSnapshot(), setting);
    expect(JSON.parse(JSON.stringify(har))).toEqual(har);
  });
});
