import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Controls } from "../../flights/filters/FilterBar";
import { server } from "../../test/appClient";
import { aFlight, TOTAL } from "../../test/flights";
import { asked, openFilters, show, stubScreen } from "../../test/screen";
import ExplorePage from "./ExplorePage";

vi.mock("../client", () => import("../../test/appClient"));

beforeEach(async () => {
  stubScreen();
  await Controls.load();
  server.seen.length = 0;
  server.replies
    .set("/flights", {
      body: { items: [aFlight(), aFlight({ id: 2, flight: 7, status: "cancelled", dep: null })], next: null },
    })
    .set("/delays", { body: { items: [TOTAL] } })
    .set("/airlines", { body: { items: [{ carrier: "UA", name: "United Air Lines Inc." }], next: null } })
    .set("/airports", {
      body: { items: [{ faa: "IAH", name: "George Bush Intercontinental" }], next: null },
    });
});

test("shows flights as links to their pages, with how late they were in words", async () => {
  show(<ExplorePage />);
  const link = await screen.findByRole("link", { name: "UA 1545" });
  expect(link).toHaveAttribute("href", "/flights/1");
  const row = screen.getByRole("row", { name: /UA 1545/ });
  expect(within(row).getByText("arrived 11 min late")).toBeInTheDocument();
  expect(await within(row).findByText("United Air Lines Inc.")).toBeInTheDocument();
  expect(within(screen.getByRole("row", { name: /UA 7/ })).getByText("cancelled")).toBeInTheDocument();
});

test("asks for all that it shows in one round trip", async () => {
  show(<ExplorePage />);
  await screen.findByRole("link", { name: "UA 1545" });
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]?.parts).toHaveLength(4);
});

test("reads its filters from the address and asks with them", async () => {
  show(<ExplorePage />, "/?origin=JFK&hour=17&sort=-delay");
  openFilters();
  await screen.findByRole("link", { name: "UA 1545" });
  expect(asked().find((url) => url.startsWith("/flights"))).toMatch(/hour=17.*origin=JFK.*sort=-delay/);
  expect(screen.getByRole("combobox", { name: "From" })).toHaveValue("JFK");
  expect(screen.getByRole("button", { name: "Remove the filter: leaving 17:00–17:59" })).toBeInTheDocument();
});

test("writes a chosen filter into the address, and takes it out again with its chip", async () => {
  const { user, address } = show(<ExplorePage />, "/?hour=17");
  openFilters();
  await screen.findByRole("link", { name: "UA 1545" });
  await user.type(screen.getByRole("combobox", { name: "Airline" }), "unit");
  await user.click(await screen.findByRole("option", { name: "United Air Lines Inc. (UA)" }));
  expect(address()).toBe("/?carrier=UA&hour=17");
  await user.click(screen.getByRole("button", { name: /Remove the filter: leaving/ }));
  expect(address()).toBe("/?carrier=UA");
});

test("takes a typed flight number on Enter, and no other than a number", async () => {
  const { user, address } = show(<ExplorePage />);
  openFilters();
  const field = screen.getByRole("textbox", { name: "Flight no." });
  await user.type(field, "12x{Enter}");
  expect(address()).toBe("/");
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription(
    "It should be a number from 1 to 9999, or with its airline: UA 1545.",
  );
  await user.clear(field);
  expect(field).toBeValid();
  await user.type(field, "15{Enter}");
  expect(address()).toBe("/?flight=15");
});

test("sorts by a column's heading, the latest first, and the other way on a second press", async () => {
  const { user, address } = show(<ExplorePage />);
  await screen.findByRole("link", { name: "UA 1545" });
  const heading = () => screen.getByRole("columnheader", { name: /Arrival/ });
  expect(heading()).toHaveAttribute("aria-sort", "none");
  await user.click(within(heading()).getByRole("button"));
  expect(address()).toBe("/?sort=-delay");
  expect(heading()).toHaveAttribute("aria-sort", "descending");
  await user.click(within(heading()).getByRole("button"));
  expect(address()).toBe("/?sort=delay");
});

test("tells which parts of an address it cannot use, and goes on without them", async () => {
  show(<ExplorePage />, "/?origin=LAX&min_delay=soon");
  expect(await screen.findByRole("alert")).toHaveTextContent("origin=LAX, which is left out here");
  expect(screen.getByRole("alert")).toHaveTextContent("min_delay=soon");
  expect(await screen.findByRole("link", { name: "UA 1545" })).toBeInTheDocument();
});

test("tells of the second of two values too", async () => {
  show(<ExplorePage />, "/?origin=JFK&origin=EWR");
  const words = "origin=EWR, which is left out here: only the first origin counts.";
  expect(await screen.findByRole("alert")).toHaveTextContent(words);
});

test.each(["utm_source=letter", "fbclid=x", "gclid=x", "foo=1"])("takes no notice of %s", async (query) => {
  const { user, address } = show(<ExplorePage />, `/?${query}`);
  openFilters();
  expect(await screen.findByRole("link", { name: "UA 1545" })).toBeInTheDocument();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(asked().filter((url) => url.includes(query))).toEqual([]);
  await user.selectOptions(screen.getByRole("combobox", { name: "From" }), "JFK");
  expect(address()).toBe("/?origin=JFK");
});

test.each([
  ["15 ", "/?flight=15"],
  [" 15", "/?flight=15"],
  ["UA 1545", "/?carrier=UA&flight=1545"],
  ["ua1545", "/?carrier=UA&flight=1545"],
  ["B6-725 ", "/?carrier=B6&flight=725"],
  ["1545", "/?flight=1545"],
])("takes “%s” as a flight number, as it is pasted", async (text, expected) => {
  const { user, address } = show(<ExplorePage />);
  openFilters();
  const field = screen.getByRole("textbox", { name: "Flight no." });
  await user.click(field);
  await user.paste(text);
  await user.keyboard("{Enter}");
  expect(address()).toBe(expected);
  expect(field).toHaveValue(String(Number(/\d+\s*$/.exec(text)?.[0])));
  expect(field).toBeValid();
});

test("takes a tail number with a space around it", async () => {
  const { user, address } = show(<ExplorePage />);
  openFilters();
  await user.click(screen.getByRole("textbox", { name: "Tail no." }));
  await user.paste(" n14228 ");
  await user.keyboard("{Enter}");
  expect(address()).toBe("/?tailnum=N14228");
});

test("offers the destinations that the airports' list does not have", async () => {
  const { user, address } = show(<ExplorePage />);
  openFilters();
  await screen.findByRole("link", { name: "UA 1545" });
  await user.type(screen.getByRole("combobox", { name: "To" }), "san");
  await user.click(await screen.findByRole("option", { name: /^San Juan \(SJU\)/ }));
  expect(address()).toBe("/?dest=SJU");
});

test("finds a destination by its city, which its name does not have", async () => {
  const { user, address } = show(<ExplorePage />);
  openFilters();
  await screen.findByRole("link", { name: "UA 1545" });
  await user.type(screen.getByRole("combobox", { name: "To" }), "hous");
  await user.click(
    await screen.findByRole("option", { name: /George Bush Intercontinental \(IAH\) ?Houston/ }),
  );
  expect(address()).toBe("/?dest=IAH");
});

test("leads to the charts of the very same flights", async () => {
  const query = "flight=15&date=2013-05-01&status=delayed&min_delay=30&hour=17&weekday=3";
  show(<ExplorePage />, `/?${query}&sort=-delay`);
  expect(await screen.findByRole("link", { name: "as charts" })).toHaveAttribute("href", `/delays?${query}`);
});

test("offers to clear the filters when no flight matches", async () => {
  server.replies.set("/flights", { body: { items: [], next: null } });
  const { user, address } = show(<ExplorePage />, "/?dest=LAX&origin=LGA");
  await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
  expect(address()).toBe("/");
});

test("says what went wrong in the server's words, and tries again", async () => {
  const problem = { type: "about:blank", title: "Bad", status: 500, detail: "The database is away." };
  server.replies.set("/flights", { status: 500, body: problem });
  const { user } = show(<ExplorePage />);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The database is away.");
  server.replies.set("/flights", { body: { items: [aFlight()], next: null } });
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "UA 1545" })).toBeInTheDocument();
});

test("is a list of links on a phone, with the order to choose", async () => {
  stubScreen({ phone: true });
  const { user, address } = show(<ExplorePage />);
  const list = await screen.findByRole("list", { name: "Flights" });
  expect(within(list).getByRole("link", { name: /UA 1545/ })).toHaveAttribute("href", "/flights/1");
  await user.selectOptions(screen.getByRole("combobox", { name: "Order" }), "-delay");
  expect(address()).toBe("/?sort=-delay");
});

test("on a phone, a flight that left on another day says so", async () => {
  stubScreen({ phone: true });
  const late = {
    sched_dep: "2013-01-09T09:00:00",
    dep: "2013-01-10T06:41:00",
    dep_delay: 1301,
    arr_delay: 1272,
  };
  server.replies.set("/flights", { body: { items: [aFlight({ ...late, status: "delayed" })], next: null } });
  show(<ExplorePage />);
  expect(await screen.findByText("left 06:41 +1 day")).toBeInTheDocument();
  expect(screen.getByText("arrived 21 h 12 min late")).toBeInTheDocument();
});
