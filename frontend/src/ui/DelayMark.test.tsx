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
