import { barY } from "@observablehq/plot";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { stubScreen } from "../test/screen";
import PlotFigure from "./PlotFigure";

beforeEach(() => {
  stubScreen();
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(400);
});

test("gives every mark's link the mark's name and a plain address", () => {
  const bars = [{ day: "Mon", mean: 9, href: "/?weekday=1" }];
  const options = () => ({
    marks: [barY(bars, { x: "day", y: "mean", href: "href", ariaLabel: () => "Monday: +9 min" })],
  });
  render(<PlotFigure label="By weekday" height={200} options={options} />);
  expect(screen.getByRole("figure", { name: "By weekday" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Monday: +9 min" })).toHaveAttribute("href", "/?weekday=1");
});
