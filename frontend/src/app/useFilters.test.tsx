import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Controls } from "../flights/filters/FilterBar";
import { server } from "../test/appClient";
import { aFlight, TOTAL } from "../test/flights";
import { openFilters, show, stubScreen } from "../test/screen";
import ExplorePage from "./pages/ExplorePage";

vi.mock("./client", () => import("../test/appClient"));

beforeEach(async () => {
  stubScreen();
  await Controls.load();
  server.replies
    .set("/flights", { body: { items: [aFlight()], next: null } })
    .set("/delays", { body: { items: [TOTAL] } })
    .set("/airlines", { body: { items: [], next: null } })
    .set("/airports", { body: { items: [], next: null } });
});

const field = () => screen.getByRole("textbox", { name: "Flight no." });
const from = () => screen.getByRole("combobox", { name: "From" });
const unfold = () => screen.getByRole("button", { name: /^Filters/ });
/** As a click on a button does on a slow machine: nothing is drawn between the leaving of a field and the press. */
const leaveAndPress = (button: HTMLElement) =>
  act(() => {
    field().blur();
    button.click();
  });
const chip = (words: string) => screen.getByRole("button", { name: `Remove the filter: ${words}` });

test("a typed value counts, and so does a chip that is pressed before the typing has paused", async () => {
  const { user, address } = show(<ExplorePage />, "/?origin=JFK&carrier=AA");
  openFilters();
  await user.type(field(), "1");
  leaveAndPress(chip("from JFK"));
  expect(address()).toBe("/?carrier=AA&flight=1");
  expect(field()).toHaveValue("1");
});

test("two changes before either is drawn both count", () => {
  const { address } = show(<ExplorePage />, "/?carrier=AA&dest=LAX&sort=delay");
  const [first, second] = [chip("AA"), chip("to LAX")];
  act(() => {
    first.click();
    second.click();
  });
  expect(address()).toBe("/?sort=delay");
});

test("one end of the days changes without bringing back the other", () => {
  const { address } = show(<ExplorePage />, "/?from=2013-02-01&to=2013-03-01");
  openFilters();
  const since = screen.getByLabelText("Since");
  fireEvent.change(since, { target: { value: "2013-02-02" } });
  const until = chip("until Fri 1 Mar");
  act(() => {
    until.click();
    fireEvent.blur(since);
  });
  expect(address()).toBe("/?from=2013-02-02");
});

test("a choice made while a field waits for its writer's pause is not undone by it", async () => {
  const { address } = show(<ExplorePage />);
  openFilters();
  fireEvent.change(field(), { target: { value: "15" } });
  fireEvent.change(from(), { target: { value: "JFK" } });
  expect(field()).toHaveValue("15");
  await waitFor(() => expect(address()).toBe("/?origin=JFK&flight=15"));
});

test.each(["1", "1x"])("clearing all forgets a %s that is being typed", async (typed) => {
  const { user, address } = show(<ExplorePage />, "/?origin=JFK&sort=-delay");
  openFilters();
  await user.type(field(), typed);
  leaveAndPress(screen.getByRole("button", { name: "Clear all" }));
  expect(field()).toHaveValue("");
  expect(field()).toBeValid();
  await new Promise((resolve) => setTimeout(resolve, 500)); // longer than the pause that is waited for
  expect(address()).toBe("/?sort=-delay");
  expect(field()).toHaveValue("");
});

test("a filter's chip leaves the focus to the next, the last to the one before, the only one to what unfolds the form", async () => {
  const { user, address } = show(<ExplorePage />, "/?origin=JFK&dest=LAX&carrier=AA");
  await user.click(chip("from JFK"));
  expect(chip("to LAX")).toHaveFocus();
  await user.click(chip("AA"));
  expect(chip("to LAX")).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(address()).toBe("/");
  expect(unfold()).toHaveFocus();
});

test("clearing all leaves the focus to what unfolds the form", async () => {
  const { user } = show(<ExplorePage />, "/?origin=JFK");
  await user.click(screen.getByRole("button", { name: "Clear all" }));
  expect(unfold()).toHaveFocus();
});

test("so does clearing the filters of an empty list", async () => {
  server.replies.set("/flights", ({ searchParams }) => ({
    body: { items: searchParams.has("origin") ? [] : [aFlight()], next: null },
  }));
  const { user } = show(<ExplorePage />, "/?origin=JFK");
  await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
  await screen.findByRole("link", { name: "UA 1545" });
  expect(unfold()).toHaveFocus();
});

test("does not call the last filters' flights all there are while others load", async () => {
  server.replies.set("/flights", ({ searchParams }) => ({
    body: { items: [aFlight({ id: searchParams.has("origin") ? 2 : 1 })], next: null },
    after: searchParams.has("origin") ? 300 : 0,
  }));
  const { user } = show(<ExplorePage />);
  openFilters();
  await screen.findByText("That was all: 1 flight.");
  await user.selectOptions(from(), "JFK");
  expect(screen.getByRole("table", { busy: true })).toBeInTheDocument();
  expect(screen.queryByText(/That was all/)).toBeNull();
  expect(await screen.findByText("That was all: 1 flight.")).toBeInTheDocument();
});
