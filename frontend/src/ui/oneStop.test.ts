import { expect, test } from "vitest";
import { nextMark, oneStop } from "./oneStop";

function chartOf(rows: string[]): { chart: HTMLElement; rows: () => (HTMLElement | undefined)[][] } {
  const chart = document.createElement("div");
  chart.innerHTML = rows.join("").replace(/\w/g, (name) => `<a href="/${name}" id="${name}">${name}</a>`);
  document.body.replaceChildren(chart);
  const at = (name: string) => chart.querySelector<HTMLElement>(`#${name}`) ?? undefined;
  return {
    chart,
    rows: () => rows.map((row) => [...row].map((name) => (name === "." ? undefined : at(name)))),
  };
}

const next = (rows: string[], from: string, key: string) => {
  const { chart, rows: marks } = chartOf(rows);
  const mark = chart.querySelector<HTMLElement>(`#${from}`);
  return mark && nextMark(marks(), mark, key)?.id;
};

test.each([
  ["a", "ArrowRight", "b"],
  ["a", "ArrowDown", "b"],
  ["b", "ArrowLeft", "a"],
  ["b", "ArrowUp", "a"],
  ["c", "ArrowRight", undefined],
  ["b", "Home", "a"],
  ["b", "End", "c"],
  ["b", "Enter", undefined],
])("in a line, from %s by %s to %s", (from, key, to) => {
  expect(next(["abc"], from, key)).toBe(to);
  expect(next(["a", "b", "c"], from, key)).toBe(to);
});

test.each([
  ["a", "ArrowRight", "b"],
  ["a", "ArrowDown", "d"],
  ["b", "ArrowDown", "h"],
  ["h", "ArrowUp", "b"],
  ["d", "ArrowRight", "f"],
  ["f", "ArrowLeft", "d"],
  ["c", "ArrowRight", undefined],
  ["a", "End", "i"],
])("in a grid with a gap, from %s by %s to %s", (from, key, to) => {
  expect(next(["abc", "d.f", "ghi"], from, key)).toBe(to);
});

test("one mark is the stop, and it is the one that had the focus last", () => {
  const { chart, rows } = chartOf(["abc"]);
  const stops = () =>
    [...chart.querySelectorAll("a")].filter((mark) => mark.tabIndex === 0).map(({ id }) => id);
  oneStop(chart, rows);
  expect(stops()).toEqual(["a"]);
  chart.querySelector<HTMLElement>("#a")?.focus();
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  expect(document.activeElement?.id).toBe("b");
  expect(stops()).toEqual(["b"]);
});
