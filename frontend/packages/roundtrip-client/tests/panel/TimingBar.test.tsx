import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimingBar } from "../../src/panel/TimingBar.tsx";
import { TimingsProvider } from "../../src/panel/TimingsContext.tsx";
import { aSnapshot, aStore, aTrip } from "./fixtures.ts";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  localStorage.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function show(snapshot = aSnapshot()) {
  const store = aStore(snapshot);
  render(
    <TimingsProvider store={store}>
      <input aria-label="Search" />
      <TimingBar />
    </TimingsProvider>,
  );
  return store;
}

const bar = () => screen.getByRole("region", { name: "Timings of the last action" });
const button = () => screen.getByRole("button", { name: "Timings" });

describe("the timing bar", () => {
  it("shows the last action's cost", () => {
    show();
    expect(bar()).toHaveTextContent("open flight 123");
    expect(bar()).toHaveTextContent("22 ms");
    const figures = within(bar())
      .getAllByRole("listitem")
      .map((item) => item.textContent);
    expect(figures).toEqual([
      "1 round trip",
      "3 parts",
      "4.2 kB",
      "1× memory",
      "1× 304",
      "1× server cache",
      "1× server",
    ]);
  });

  it("lists the time of each span in words", () => {
    show();
    expect(within(bar()).getByRole("img")).toHaveAccessibleName(
      "Where the time went: batch window 2.0 ms, network 12 ms, server 6.0 ms, download 1.5 ms, decode 0.50 ms",
    );
  });

  it("shows the requests under way and the failed ones", async () => {
    const store = show();
    const pending = aTrip({ actionId: 2, end: null, status: null, state: "pending", spans: [] });
    act(() => store.set(aSnapshot({ roundTrips: [pending] })));
    expect(await within(bar()).findByText("1 under way")).toBeVisible();
    act(() => store.set(aSnapshot({ roundTrips: [aTrip({ actionId: 2, status: null, state: "failed" })] })));
    expect(await within(bar()).findByText("1× failed")).toBeVisible();
  });

  it("shows no size if none is known, as offline", () => {
    const bytes = { wire: null, decoded: null };
    show(aSnapshot({ roundTrips: [aTrip({ actionId: 2, status: null, state: "failed", bytes })] }));
    const figures = within(bar())
      .getAllByRole("listitem")
      .map((item) => item.textContent);
    expect(figures).toEqual(["1 round trip", "0 parts", "1× failed", "1× memory"]);
  });

  it("says when it is paused, and when there was no request yet", async () => {
    const store = show(aSnapshot({ paused: true }));
    expect(bar()).toHaveTextContent("paused");
    act(() => store.set(aSnapshot({ paused: true, roundTrips: [], memoryHits: [] })));
    expect(await within(bar()).findByText("no requests to the API")).toBeVisible();
    expect(bar()).not.toHaveTextContent("0 ms");
    act(() => store.set(aSnapshot({ actions: [], roundTrips: [], memoryHits: [] })));
    expect(await within(bar()).findByText("No request yet")).toBeVisible();
  });

  it("announces a settled action once, in one sentence", () => {
    vi.useFakeTimers();
    show();
    expect(screen.getByRole("status")).toBeEmptyDOMElement();
    act(() => vi.advanceTimersByTime(2000));
    expect(screen.getByRole("status")).toHaveTextContent(/^open flight 123: 1 round trip, 22 ms; answers:/);
  });
});

describe("the panel's button", () => {
  it("opens and closes the panel, and gets the focus back", async () => {
    const user = userEvent.setup();
    show();
    expect(button()).toHaveAttribute("aria-expanded", "false");
    await user.click(button());
    expect(await screen.findByRole("dialog", { name: "Timings" })).toBeVisible();
    expect(button()).toHaveAttribute("aria-expanded", "true");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(button()).toHaveFocus();
  });

  it("opens with the key t, but not while the user types", async () => {
    const user = userEvent.setup();
    show();
    await user.type(screen.getByRole("textbox", { name: "Search" }), "t");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    act(() => screen.getByRole("textbox").blur());
    await user.keyboard("t");
    expect(await screen.findByRole("dialog", { name: "Timings" })).toBeVisible();
  });

  it("leaves the key alone when it was turned off, on the next visit too", async () => {
    const user = userEvent.setup();
    show();
    await user.click(button());
    await user.click(await screen.findByRole("checkbox", { name: /opens and closes/ }));
    await user.click(screen.getByRole("button", { name: "Close timings" }));
    await user.keyboard("t");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(button()).not.toHaveAttribute("aria-keyshortcuts");
    expect(localStorage.getItem("roundtrip.timings.shortcut")).toBe("off");
  });
});
