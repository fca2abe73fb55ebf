import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Controls } from "../../flights/filters/FilterBar";
import { server } from "../../test/appClient";
import { TOTAL } from "../../test/flights";
import { asked, show, stubScreen } from "../../test/screen";
import DelaysPage from "./DelaysPage";

vi.mock("../client", () => import("../../test/appClient"));
vi.mock("../../ui/WhenNear", () => ({ WhenNear: ({ children }: { children: React.ReactNode }) => children }));

const LINES: Record<string, object[]> = {
  carrier: [
    { ...TOTAL, carrier: "UA" },
    { ...TOTAL, carrier: "AS", mean_delay: -9.9 },
  ],
  hour: [{ ...TOTAL, hour: 17 }],
  weekday: [{ ...TOTAL, weekday: 5 }],
  month: [{ ...TOTAL, month: "2013-07" }],
  date: [
    { ...TOTAL, date: "2013-02-08", count: 930, mean_delay: 52.1 },
    { ...TOTAL, date: "2013-07-04", count: 737, mean_delay: -12 },
    { ...TOTAL, date: "2013-07-05", count: 12, mean_delay: 90 },
  ],
  route: [{ ...TOTAL, origin: "JFK", dest: "LAX" }],
  "weekday,hour": [{ ...TOTAL, weekday: 5, hour: 17, mean_delay: 21.4 }],
};

const report = (url: URL) => ({ body: { items: LINES[url.searchParams.get("by") ?? ""] ?? [TOTAL] } });

beforeEach(async () => {
  stubScreen();
  await Controls.load();
  server.seen.length = 0;
  server.replies
    .set("/delays", report)
    .set("/airlines", { body: { items: [{ carrier: "UA", name: "United Air Lines Inc." }], next: null } })
    .set("/airports", { body: { items: [{ faa: "LAX", name: "Los Angeles Intl" }], next: null } });
});

test("asks for all of its charts in one round trip", async () => {
  show(<DelaysPage />, "/delays?origin=JFK");
  await screen.findByRole("link", { name: /Friday 17:00/ });
  expect(server.seen).toHaveLength(1);
  expect(asked().filter((url) => url.startsWith("/delays") && url.includes("origin=JFK"))).toHaveLength(8);
});

test("each cell of the heat map leads to the charts of its flights, under the filters of the page", async () => {
  show(<DelaysPage />, "/delays?origin=JFK");
  const cell = await screen.findByRole("link", { name: /\+21 min: Friday 17:00–17:59/ });
  expect(cell).toHaveAttribute("href", "/delays?origin=JFK&hour=17&weekday=5");
});

test.each([
  ["By airline", "United Air Lines Inc.", "/delays?carrier=UA"],
  ["By route", "JFK – LAX Los Angeles Intl", "/delays?origin=JFK&dest=LAX"],
  ["By hour of departure", "17:00–17:59", "/delays?hour=17"],
  ["By weekday", "Friday", "/delays?weekday=5"],
  ["By month", "July", "/delays?month=2013-07"],
])("%s has its figures as a table, with links", async (heading, name, href) => {
  const { user } = show(<DelaysPage />, "/delays");
  const chart = await screen.findByRole("region", { name: heading });
  await user.click(within(chart).getByText(/As a table/));
  expect(await within(chart).findByRole("link", { name })).toHaveAttribute("href", href);
});

test("a mark whose flights alone are shown leads to the list of them", async () => {
  show(<DelaysPage />, "/delays?hour=17&weekday=5");
  const cell = await screen.findByRole("link", { name: /\+21 min: Friday 17:00–17:59/ });
  expect(cell).toHaveAttribute("href", "/?hour=17&weekday=5");
});

test("says ahead of the charts who was best, and when, with the flights that it rests on", async () => {
  show(<DelaysPage />, "/delays?origin=JFK");
  const verdict = screen.getByRole("region", { name: "Verdict" });
  expect(await within(verdict).findByText("AS")).toBeInTheDocument();
  expect(within(verdict).getByText("Airline, least late")).toBeInTheDocument();
  expect(within(verdict).getByText(/^mean delay −9.9 min \(95%: .*\), 336,776 flights$/)).toBeInTheDocument();
  expect(
    await within(verdict).findByText("Most: United Air Lines Inc., +6.9 min, 336,776 flights"),
  ).toBeInTheDocument();
  expect(within(verdict).getByText("Hour, the only one")).toBeInTheDocument();
});

test("has no verdict on what the filters have settled", async () => {
  show(<DelaysPage />, "/delays?carrier=UA&hour=17&weekday=1-5");
  const verdict = screen.getByRole("region", { name: "Verdict" });
  expect(
    within(verdict)
      .getAllByRole("term")
      .map(({ textContent }) => textContent),
  ).toEqual(["Weekday, least late"]);
});

test("says in a sentence who was least and most late", async () => {
  show(<DelaysPage />, "/delays");
  const chart = await screen.findByRole("region", { name: "By airline" });
  await waitFor(() =>
    expect(within(chart).getByText(/Least late:/)).toHaveTextContent(
      "Least late: AS at −9.9 min (336,776 flights); most: United Air Lines Inc. at +6.9 min (336,776 flights).",
    ),
  );
});

test("names the best and the worst day of the year, which lead to the charts of that day", async () => {
  show(<DelaysPage />, "/delays?origin=LGA&month=2013-02");
  const calendar = await screen.findByRole("region", { name: "By day" });
  expect(await within(calendar).findByRole("link", { name: "Friday 8 February 2013" })).toHaveAttribute(
    "href",
    "/delays?origin=LGA&date=2013-02-08",
  );
  const cells = within(calendar).getAllByRole("link", { name: /2013: / });
  expect(cells.map(({ dataset }) => [dataset.date, dataset.extreme])).toEqual([
    ["2013-07-04", "best"],
    ["2013-02-08", "worst"],
    ["2013-07-05", undefined],
  ]);
  expect(asked().find((url) => url.includes("by=date"))).not.toContain("2013-02");
});

test("names nobody as the least or the most late for fewer than 30 flights", async () => {
  const carrier = [
    { ...TOTAL, carrier: "UA" },
    { ...TOTAL, carrier: "AS", mean_delay: 2 },
    { ...TOTAL, carrier: "OO", mean_delay: -30, count: 29, on_time: 20, delayed: 5 },
  ];
  server.replies.set("/delays", (url) =>
    url.searchParams.get("by") === "carrier" ? { body: { items: carrier } } : report(url),
  );
  show(<DelaysPage />, "/delays");
  const chart = await screen.findByRole("region", { name: "By airline" });
  await within(chart).findByText("1 has fewer than 30 flights: it is drawn thin, and not ranked.");
  expect(within(chart).getByText(/Least late:/)).toHaveTextContent(/^Least late: AS at \+2\.0 min/);
});

test("a chart of a single bar is a sentence, with its number of flights and its interval", async () => {
  show(<DelaysPage />, "/delays");
  const chart = await screen.findByRole("region", { name: "By month" });
  await within(chart).findByText(/Only/);
  expect(chart).toHaveTextContent("Only July: mean delay +6.9 min (95%: +6.7 to +7.1), 336,776 flights.");
  expect(within(chart).queryByText(/As a table/)).not.toBeInTheDocument();
});

test("shows all charts by the measure that is chosen, and the address names it", async () => {
  const { user, address } = show(<DelaysPage />, "/delays?origin=JFK");
  await screen.findByRole("link", { name: /Friday 17:00/ });
  server.seen.length = 0;
  await user.click(screen.getByRole("radio", { name: "Median delay" }));
  expect(address()).toBe("/delays?origin=JFK&measure=median");
  await screen.findByRole("link", { name: /^−4 min: Friday 17:00/ });
  expect(asked().filter((url) => url.includes("median_delay"))).toHaveLength(7);
  expect(asked().filter((url) => url.includes("measure"))).toEqual([]);
  await user.click(screen.getByRole("radio", { name: "On time" }));
  await screen.findByRole("link", { name: /^73%: Friday 17:00/ });
  expect(screen.getByText(/Wilson’s method/)).toBeInTheDocument();
});

test("tells how sure its figures are, and by which method", async () => {
  show(<DelaysPage />, "/delays");
  const summary = await screen.findByRole("region", { name: "Summary" });
  await within(summary).findByText("336,776");
  for (const words of ["Wilson 95%: 73.3 to 73.6%", "Student 95%: +6.7 to +7.1", "−27.3 and +53.1 min"])
    expect(summary).toHaveTextContent(words);
});

test("one flight is “1 flight”, and its figures are small", async () => {
  const one = { ...TOTAL, count: 1, on_time: 1, delayed: 0 };
  server.replies.set("/delays", (url) =>
    url.searchParams.has("by") ? report(url) : { body: { items: [one] } },
  );
  show(<DelaysPage />, "/delays?date=2013-07-04");
  const term = await screen.findByText("flight");
  expect(term.closest("dl")).toHaveAttribute("data-few", "true");
});

test("narrows the flights down by all that its address says, each to be taken away", async () => {
  const { user, address } = show(<DelaysPage />, "/delays?tailnum=N14228&status=delayed&hour=17");
  await screen.findByRole("link", { name: /Friday 17:00/ });
  expect(
    asked().filter((url) => /^\/delays.*hour=17.*status=delayed.*tailnum=N14228/.test(url)),
  ).toHaveLength(8);
  expect(screen.getByRole("link", { name: "as a list" })).toHaveAttribute(
    "href",
    "/?tailnum=N14228&status=delayed&hour=17",
  );
  await user.click(screen.getByRole("button", { name: "Remove the filter: late" }));
  expect(address()).toBe("/delays?tailnum=N14228&hour=17");
});

test("tells which parts of an address it cannot use", async () => {
  show(<DelaysPage />, "/delays?hour=99&date=xx");
  const alert = await screen.findByRole("alert");
  for (const words of ["hour=99", "date=xx"]) expect(alert).toHaveTextContent(words);
});

test("excuses itself when the charts take more than a second", async () => {
  server.replies.set("/delays", (url) => ({ ...report(url), after: 1_300 }));
  show(<DelaysPage />, "/delays");
  const note = "The charts take a little longer than usual …";
  expect(await screen.findByText(note, undefined, { timeout: 3_000 })).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByText(note)).not.toBeInTheDocument(), { timeout: 3_000 });
});

test("has no figures in words before there are any", async () => {
  show(<DelaysPage />, "/delays");
  expect(screen.queryByText(/min late: 0/)).not.toBeInTheDocument();
  expect(await screen.findByText(/15 to 29 min late: /)).toBeInTheDocument();
});

test("leads to the same flights as a list", async () => {
  show(<DelaysPage />, "/delays?carrier=UA");
  expect(await screen.findByRole("link", { name: "as a list" })).toHaveAttribute("href", "/?carrier=UA");
});
