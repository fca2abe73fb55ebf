import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { aFlight } from "../../test/flights";
import type { WholeFlight } from "./api";
import { Timeline } from "./Timeline";

const toSanJuan: WholeFlight = {
  ...aFlight({ dest: "SJU", sched_dep: "2013-01-01T08:20:00", dep: "2013-01-01T08:20:00", dep_delay: 0 }),
  tailnum: null,
  sched_arr: "2013-01-01T13:29:00",
  arr: "2013-01-01T12:49:00",
  arr_delay: -40,
  air_time: 182,
  time_hour: "",
  airline: { carrier: "DL", name: "" },
  plane: null,
  origin_airport: { faa: "JFK", name: "", lat: 0, lon: 0, alt: 0, tz: -5, dst: "A", tzone: null },
  dest_airport: null,
  weather: null,
};

test("shows the duration of a flight to the islands, and its time on the ground", () => {
  render(<Timeline flight={toSanJuan} />);
  expect(screen.getByText("4 h 09 min")).toBeInTheDocument();
  expect(screen.getByText(/3 h 02 min of it in the air, 27 min on the ground\./)).toBeInTheDocument();
});

test("shows no negative time on the ground", () => {
  render(<Timeline flight={{ ...toSanJuan, air_time: 240 }} />);
  expect(screen.getByText(/4 h 00 min of it in the air\./)).toBeInTheDocument();
});
