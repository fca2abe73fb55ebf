import { describe, expect, it } from "vitest";
import { clockIntervals, intervalOf, rowsOf } from "../../src/panel/rows.ts";
import { step } from "../../src/panel/treeKeys.ts";
import { aBatch, anAction, aSnapshot, aTrip } from "./fixtures.ts";

const keys = (folded: string[] = []) => rowsOf(aSnapshot(), new Set(folded)).map(({ key }) => key);

describe("rowsOf", () => {
  it("lists the newest action first, and within it round trips, parts and memory in the order of time", () => {
    expect(keys()).toEqual([
      "action 2",
      "action 2 memory 0",
      "trip 2",
      "trip 2 part 1",
      "trip 2 part 2",
      "trip 2 part 3",
      "action 1",
      "trip 1",
    ]);
  });

  it("hides the children of folded rows", () => {
    expect(keys(["action 2"])).toEqual(["action 2", "action 1", "trip 1"]);
    expect(keys(["trip 2", "action 1"])).toEqual(["action 2", "action 2 memory 0", "trip 2", "action 1"]);
  });

  it("leaves out actions without a request", () => {
    const snapshot = aSnapshot({ actions: [anAction(), anAction({ id: 9 })], memoryHits: [] });
    expect(rowsOf(snapshot, new Set()).map(({ key }) => key)).toEqual(["action 1", "trip 1"]);
  });
});

describe("intervalOf", () => {
  it("reaches to now while a request is under way", () => {
    const roundTrips = [aTrip({ start: 10, end: null, state: "pending", spans: [] })];
    const [action, trip] = rowsOf(aSnapshot({ roundTrips, memoryHits: [] }), new Set());
    expect(trip && intervalOf(trip, 500)).toEqual({ start: 10, end: 500 });
    expect(action && intervalOf(action, 500)).toEqual({ start: 0, end: 500 });
  });
});

describe("clockIntervals", () => {
  it("covers the chosen actions' round trips, answers from memory and drawing only", () => {
    const actions = [anAction({ rendered: 45 }), anAction({ id: 2, start: 58 })];
    const snapshot = aSnapshot({ actions, roundTrips: [aTrip({ start: 10, end: 40 }), aBatch()] });
    expect(clockIntervals(snapshot, new Set([1]), 0)).toMatchObject([
      { start: 10, end: 40 },
      { start: 40, end: 45 },
    ]);
    expect(clockIntervals(snapshot, new Set([1, 2]), 0)).toHaveLength(4);
  });
});

describe("step", () => {
  const rows = rowsOf(aSnapshot(), new Set());
  const move = (at: number, key: Parameters<typeof step>[2]) => {
    const to = step(rows, at, key, 3);
    return to !== null && typeof to === "object" ? to.key : to;
  };

  it("moves by rows and pages, and stops at the ends", () => {
    expect(move(0, "ArrowDown")).toBe("action 2 memory 0");
    expect(move(0, "ArrowUp")).toBe("action 2");
    expect(move(0, "PageDown")).toBe("trip 2 part 1");
    expect(move(3, "PageUp")).toBe("action 2");
    expect(move(0, "End")).toBe("trip 1");
    expect(move(7, "ArrowDown")).toBe("trip 1");
    expect(move(5, "Home")).toBe("action 2");
  });

  it("folds, unfolds, and goes to parent and child by the arrows", () => {
    expect(move(2, "ArrowRight")).toBe("trip 2 part 1");
    expect(move(2, "ArrowLeft")).toBe("toggle");
    expect(move(3, "ArrowLeft")).toBe("trip 2");
    expect(move(3, "ArrowRight")).toBeNull();
    expect(step(rowsOf(aSnapshot(), new Set(["trip 2"])), 2, "ArrowRight", 1)).toBe("toggle");
  });

  it("opens by Enter", () => {
    expect(move(3, "Enter")).toBe("open");
  });
});
