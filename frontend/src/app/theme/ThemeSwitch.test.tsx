import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { ThemeSwitch } from "./ThemeSwitch";

beforeEach(() => {
  localStorage.clear();
  delete document.documentElement.dataset.theme;
});

test("goes from the system's edition to day, night and back, and remembers", async () => {
  const user = userEvent.setup();
  render(<ThemeSwitch />);
  const root = document.documentElement;
  await user.click(screen.getByRole("button", { name: "Edition: as the system has it. Change to: day" }));
  expect(root.dataset.theme).toBe("light");
  await user.click(screen.getByRole("button", { name: "Edition: day. Change to: night" }));
  expect(root.dataset.theme).toBe("dark");
  expect(localStorage.getItem("roundtrip-theme")).toBe("dark");
  await user.click(screen.getByRole("button", { name: /Edition: night/ }));
  expect(root.dataset.theme).toBeUndefined();
  expect(localStorage.getItem("roundtrip-theme")).toBeNull();
});
