import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { DelayMark } from "./DelayMark";

test("says in words what its bar and figure show", () => {
  render(<DelayMark minutes={47} status="delayed" />);
  expect(screen.getByText("arrived 47 min late")).toBeInTheDocument();
  expect(screen.getByText("+47")).toHaveAttribute("aria-hidden", "true");
});

test("tells an early arrival from a late one", () => {
  render(<DelayMark minutes={-12} status="on_time" />);
  expect(screen.getByText("arrived 12 min early")).toBeInTheDocument();
});

test.each(["cancelled", "diverted"] as const)("a %s flight has a word instead of minutes", (status) => {
  render(<DelayMark minutes={null} status={status} />);
  expect(screen.getByText(status)).toBeInTheDocument();
});

test("an hour and more is told in hours", () => {
  render(<DelayMark minutes={1272} status="delayed" />);
  expect(screen.getByText("+21 h 12")).toBeInTheDocument();
  expect(screen.getByText("arrived 21 h 12 min late")).toBeInTheDocument();
});

test("among the worst a longer delay has the longer bar, and none ends in an open edge", () => {
  const { container } = render(
    <>
      <DelayMark minutes={1272} status="delayed" latest={1272} />
      <DelayMark minutes={1126} status="delayed" latest={1272} />
    </>,
  );
  const bars = [...container.querySelectorAll<HTMLElement>("[data-beyond]")];
  expect(bars.map(({ dataset }) => dataset.beyond)).toEqual(["false", "false"]);
  const [longest = 0, next = 0] = bars.map(({ style }) => Number.parseFloat(style.inlineSize));
  expect(longest).toBeGreaterThan(next + 5);
});
