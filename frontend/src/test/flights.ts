import type { FlightRow } from "../features/flights/api";

/** A flight like the first of the year; what a test is about it says itself. */
export function aFlight(own: Partial<FlightRow> = {}): FlightRow {
  return {
    id: 1,
    carrier: "UA",
    flight: 1545,
    origin: "EWR",
    dest: "IAH",
    sched_dep: "2013-01-01T05:15:00",
    dep: "2013-01-01T05:17:00",
    dep_delay: 2,
    arr_delay: 11,
    distance: 1400,
    status: "on_time",
    ...own,
  };
}

export const TOTAL = {
  count: 336776,
  cancelled: 8255,
  diverted: 1175,
  on_time_share: 0.734,
  mean_delay: 6.9,
  histogram: [18, 63, 89, 53, 24, 14, 10, 12, 8, 7, 3],
};
