import { screen, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import { server } from "../../test/appClient";
import { aFlight, TOTAL } from "../../test/flights";
import { show, stubScreen } from "../../test/screen";
import FlightPage from "./FlightPage";

vi.mock("../client", () => import("../../test/appClient"));

const EWR = {
  faa: "EWR",
  name: "Newark Liberty Intl",
  lat: 40.7,
  lon: -74.2,
  alt: 18,
  tz: -5,
  dst: "A",
  tzone: "America/New_York",
};
const whole = {
  ...aFlight(),
  tailnum: "N14228",
  sched_arr: "2013-01-01T08:19:00",
  arr: "2013-01-01T08:30:00",
  air_time: 227,
  time_hour: "2013-01-01T10:00:00+00:00",
  airline: { carrier: "UA", name: "United Air Lines Inc." },
  plane: {
    tailnum: "N14228",
    year: 1999,
    type: "",
    manufacturer: "BOEING",
    model: "737-824",
    engines: 2,
    seats: 149,
    speed: null,
    engine: "Turbo-fan",
  },
  origin_airport: EWR,
  dest_airport: {
    ...EWR,
    faa: "IAH",
    name: "George Bush Intercontinental",
    tz: -6,
    tzone: "America/Chicago",
  },
  weather: {
    id: 1,
    origin: "EWR",
    time_hour: "",
    temp: 39.02,
    dewp: 28,
    humid: 64.43,
    wind_dir: 260,
    wind_speed: 12.66,
    wind_gust: null,
    precip: 0,
    pressure: 1011.9,
    visib: 10,
  },
};

beforeEach(() => {
  stubScreen();
  server.seen.length = 0;
  server.replies
    .set("/flights/1", { body: whole })
    .set("/flights", {
      body: { items: [aFlight(), aFlight({ id: 9, arr_delay: 90, status: "delayed" })], next: null },
    })
    .set("/delays", { body: { items: [{ ...TOTAL, month: "2013-01" }] } })
    .set("/airlines", { body: { items: [], next: null } })
    .set("/airports", { body: { items: [], next: null } });
});

const page = (
  <Routes>
    <Route path="/flights/:id" element={<FlightPage />} />
  </Routes>
);

test("tells what was planned and what happened", async () => {
  document.head.innerHTML = '<meta name="description" content="" />';
  show(page, "/flights/1");
  expect(await screen.findByRole("heading", { level: 1, name: "UA 1545" })).toBeInTheDocument();
  expect(screen.getByText("It arrived 11 min late.")).toBeInTheDocument();
  const times = await screen.findByRole("region", { name: "Planned and flown" });
  for (const time of ["05:15", "05:17", "08:19", "08:30"])
    expect(within(times).getByText(time)).toBeInTheDocument();
  expect(within(times).getByText(/3 h 47 min of it in the air/)).toBeInTheDocument();
  expect(document.querySelector('meta[name="description"]')).toHaveAttribute(
    "content",
    "United Air Lines Inc., Tuesday 1 January 2013 Newark Liberty Intl (EWR) to George Bush Intercontinental (IAH) It arrived 11 min late.",
  );
});

test("tells of the aircraft and the weather then", async () => {
  show(page, "/flights/1");
  expect(await screen.findByRole("link", { name: "N14228" })).toHaveAttribute("href", "/?tailnum=N14228");
  expect(screen.getByText("BOEING 737-824")).toBeInTheDocument();
  expect(await screen.findByText("39 °F (4 °C)")).toBeInTheDocument();
  expect(screen.getByText("13 mph from the west")).toBeInTheDocument();
});

test("shows how the number fared over the year, each month a link", async () => {
  const { user } = show(page, "/flights/1");
  await user.click(await screen.findByText(/As a table/));
  expect(await screen.findByRole("link", { name: "January" })).toHaveAttribute(
    "href",
    "/?carrier=UA&flight=1545&month=2013-01",
  );
  const last = screen.getByRole("region", { name: "Last flown as UA 1545" });
  expect(await within(last).findByRole("link", { name: /1 h 30 min late/ })).toHaveAttribute(
    "href",
    "/flights/9",
  );
});

test("says so when the destination has no place on the map", async () => {
  server.replies.set("/flights/1", { body: { ...whole, dest: "SJU", dest_airport: null } });
  show(page, "/flights/1");
  expect(await screen.findByText(/SJU is not in the list of airports/)).toBeInTheDocument();
  expect(screen.getByText(/The data has no time zone for SJU/)).toBeInTheDocument();
});

test("a cancelled flight never left", async () => {
  const never = {
    dep: null,
    dep_delay: null,
    arr: null,
    arr_delay: null,
    air_time: null,
    status: "cancelled",
  };
  server.replies.set("/flights/1", { body: { ...whole, ...never, plane: null, weather: null } });
  show(page, "/flights/1");
  expect(await screen.findByText("Cancelled: it never left.")).toBeInTheDocument();
  expect(await screen.findByText("Nothing was recorded in that hour.")).toBeInTheDocument();
});

test("a number that no flight has is told from an address that no page has", async () => {
  server.replies.set("/flights/8", {
    status: 404,
    body: { title: "Not Found", status: 404, detail: "No such flight." },
  });
  show(page, "/flights/8");
  expect(await screen.findByRole("heading", { name: "No such flight" })).toBeInTheDocument();
  show(page, "/flights/x1");
  expect(await screen.findByRole("heading", { name: "Page not found" })).toBeInTheDocument();
});
