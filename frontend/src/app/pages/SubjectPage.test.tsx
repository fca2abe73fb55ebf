import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { server } from "../../test/appClient";
import { TOTAL } from "../../test/flights";
import { asked, show, stubScreen } from "../../test/screen";
import SubjectPage from "./SubjectPage";

vi.mock("../client", () => import("../../test/appClient"));
vi.mock("../../ui/WhenNear", () => ({ WhenNear: ({ children }: { children: React.ReactNode }) => children }));

const LINES: Record<string, object[]> = {
  carrier: [
    { ...TOTAL, carrier: "UA", mean_delay: 3.6 },
    { ...TOTAL, carrier: "AS", mean_delay: -9.9 },
    { ...TOTAL, carrier: "F9", mean_delay: 21.9 },
  ],
  route: [
    { ...TOTAL, count: 84, origin: "EWR", dest: "IAH" },
    { ...TOTAL, count: 1, origin: "EWR", dest: "BOS" },
  ],
  hour: [{ ...TOTAL, hour: 17 }],
  date: [{ ...TOTAL, date: "2013-07-04" }],
  tailnum: [
    { tailnum: "N14228", count: 2 },
    { tailnum: "N725MQ", count: 1 },
    { tailnum: null, count: 4 },
  ],
  "weekday,hour": [{ ...TOTAL, weekday: 5, hour: 17 }],
};

beforeEach(() => {
  stubScreen();
  server.seen.length = 0;
  server.replies.set("/delays", (url) => ({
    body: { items: LINES[url.searchParams.get("by") ?? ""] ?? [TOTAL] },
  }));
});

test("an airline has its place among the others, of its own flights and theirs", async () => {
  show(<SubjectPage />, "/airlines/UA");
  expect(await screen.findByRole("heading", { level: 1, name: "United Air Lines Inc." })).toBeInTheDocument();
  const others = await screen.findByRole("region", { name: "Against the other airlines" });
  expect(await within(others).findByText(/place 2 of 3, at \+3\.6 min/)).toBeInTheDocument();
  expect(server.seen).toHaveLength(1);
  expect(asked().filter((url) => url.startsWith("/delays"))).toHaveLength(6);
  expect(asked().filter((url) => url.includes("by=carrier"))[0]).not.toContain("carrier=UA");
});

test("a number has its routes, then the airlines and the hours of the busiest one", async () => {
  show(<SubjectPage />, "/numbers/UA1545");
  const hours = await screen.findByRole("region", { name: "EWR – IAH: which hour" });
  await within(hours).findByText(/Only/);
  expect(hours).toHaveTextContent("Only 17:00–17:59: mean delay");
  expect(screen.getByRole("region", { name: "Its routes" })).toBeInTheDocument();
  expect(server.seen.map(({ parts }) => parts.length)).toEqual([5, 2]);
});

test("tells which aircraft flew it, the most used first", async () => {
  show(<SubjectPage />, "/routes/JFK-LAX");
  const aircraft = await screen.findByRole("region", { name: "Aircraft" });
  expect(await within(aircraft).findByText(/2 different aircraft on 3 flights/)).toBeInTheDocument();
  const links = within(aircraft).getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "/?origin=JFK&dest=LAX&tailnum=N14228",
    "/?origin=JFK&dest=LAX&tailnum=N725MQ",
  ]);
});

test("an address of nothing that flew says so, and one that can be of nothing is not found", async () => {
  server.replies.set("/delays", (url) => ({
    body: { items: url.searchParams.has("by") ? [] : [{ ...TOTAL, count: 0 }] },
  }));
  show(<SubjectPage />, "/airlines/ZZ");
  expect(await screen.findByRole("heading", { level: 1, name: "No flights of ZZ" })).toBeInTheDocument();
  show(<SubjectPage />, "/airlines/zz");
  expect(await screen.findByRole("heading", { name: "Page not found" })).toBeInTheDocument();
});
