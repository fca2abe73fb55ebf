import { describe, expect, it } from "vitest";
import { answerWords, bytesWords, isUnrecorded, sentence, summarise } from "../../src/panel/summary.ts";
import { aBatch, anAction, aPart, aSnapshot, aTrip, spansFrom } from "./fixtures.ts";

function summaryOf(over: Parameters<typeof aSnapshot>[0]) {
  const summary = summarise(aSnapshot(over));
  if (!summary) throw new Error("there is an action, so there is a summary");
  return summary;
}

describe("summarise", () => {
  it("gives the last action's round trips, parts, time, bytes and sources", () => {
    expect(summaryOf({})).toMatchObject({
      label: "open flight 123",
      roundTrips: 1,
      parts: 3,
      ms: 22,
      bytes: 4210,
      answers: { memory: 1, browser: 0, "304": 1, edge: 0, "server-cache": 1, server: 1 },
      pending: 0,
      failed: 0,
    });
  });

  it("gives an earlier action's cost when asked", () => {
    expect(summarise(aSnapshot(), 1)).toMatchObject({
      label: "page load",
      answers: { server: 1, memory: 0 },
    });
    expect(summarise(aSnapshot(), 99)).toBeNull();
  });

  it("is null before anything was recorded", () => {
    expect(summarise(aSnapshot({ actions: [], roundTrips: [], memoryHits: [] }))).toBeNull();
  });

  it("counts round trips side by side as one wait", () => {
    const roundTrips = [
      aTrip({ actionId: 2, start: 0, end: 30 }),
      aTrip({ actionId: 2, start: 10, end: 40 }),
      aTrip({ actionId: 2, start: 1000, end: 1010 }),
    ];
    expect(summaryOf({ roundTrips, memoryHits: [] }).ms).toBe(50);
  });

  it("adds the drawing after the last answer, unless an answer is newer", () => {
    const trip = aTrip({ actionId: 2, start: 0, spans: spansFrom(0, ["network", 30]) });
    const drawn = (rendered: number) => ({
      actions: [anAction({ id: 2, rendered })],
      roundTrips: [trip],
      memoryHits: [],
    });
    expect(summaryOf(drawn(36))).toMatchObject({ ms: 36 });
    expect(summaryOf(drawn(36)).amounts).toContainEqual({ name: "render", ms: 6 });
    expect(summaryOf(drawn(20))).toMatchObject({ ms: 30, amounts: [{ name: "network", ms: 30 }] });
  });

  it("counts the requests under way, of an earlier action too", () => {
    const pending = aTrip({ id: 3, actionId: 1, end: null, status: null, state: "pending", spans: [] });
    expect(summaryOf({ roundTrips: [pending] })).toMatchObject({ pending: 1, roundTrips: 0, ms: 0 });
  });

  it("counts no answer for a failed request", () => {
    const failed = aTrip({ actionId: 2, status: null, state: "failed" });
    const summary = summaryOf({ roundTrips: [failed], memoryHits: [] });
    expect(summary.failed).toBe(1);
    expect(Object.values(summary.answers)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("counts an error as a failure and not for its source: alone, in a batch, and of the batch", () => {
    const error = aTrip({ actionId: 2, status: 500 });
    const part = aBatch({ parts: [aPart({ status: 404 }), aPart({ id: "2" })] });
    const refused = aBatch({
      status: 503,
      parts: [aPart({ status: null }), aPart({ id: "2", status: null })],
    });
    const failed = aTrip({ actionId: 2, status: null, state: "failed" });
    const summary = summaryOf({ roundTrips: [error, part, refused, failed], memoryHits: [] });
    expect(summary.failed).toBe(4);
    expect(answerWords(summary)).toEqual(["4× failed", "1× server"]);
  });

  it("adds up the spans of the round trips, with the unaccounted time", () => {
    const trip = aTrip({ actionId: 2, start: 0, end: 10, spans: spansFrom(0, ["network", 7]) });
    expect(summaryOf({ roundTrips: [trip], memoryHits: [] }).amounts).toEqual([
      { name: "network", ms: 7 },
      { name: "unaccounted", ms: 3 },
    ]);
  });
});

describe("isUnrecorded", () => {
  it("is true of an action without any record, but not while an earlier one's request is under way", () => {
    const pending = aTrip({ actionId: 1, end: null, status: null, state: "pending", spans: [] });
    expect(isUnrecorded(summaryOf({ memoryHits: [], roundTrips: [] }))).toBe(true);
    expect(isUnrecorded(summaryOf({ memoryHits: [], roundTrips: [pending] }))).toBe(false);
    expect(isUnrecorded(summaryOf({ roundTrips: [] }))).toBe(false);
  });
});

describe("bytesWords", () => {
  it("says that the size is a lower bound if some size is unknown", () => {
    const roundTrips = [aBatch(), aTrip({ actionId: 2, bytes: { wire: null, decoded: 100 } })];
    expect(bytesWords(summaryOf({ roundTrips }))).toBe("at least 4.2 kB");
    expect(bytesWords(summaryOf({}))).toBe("4.2 kB");
  });

  it("is empty if no size is known", () => {
    const offline = aTrip({
      actionId: 2,
      status: null,
      state: "failed",
      bytes: { wire: null, decoded: null },
    });
    expect(bytesWords(summaryOf({ roundTrips: [offline] }))).toBe("");
  });
});

describe("sentence", () => {
  it("says the action's cost in one sentence", () => {
    expect(sentence(summaryOf({}))).toBe(
      "open flight 123: 1 round trip, 22 ms; answers: 1× memory, 1× 304, 1× server cache, 1× server.",
    );
  });

  it("names the failures", () => {
    const roundTrips = [
      aTrip({ actionId: 2, status: 500 }),
      aTrip({ actionId: 2, status: null, state: "failed" }),
    ];
    expect(sentence(summaryOf({ roundTrips, memoryHits: [] }))).toMatch(/; answers: 2× failed\.$/);
  });
});
