import type { FlightRow } from "../features/flights/api";

/** A flight like the first of the year; a test overrides the fields that it is about. */
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
  on_time: 247_238,
  delayed: 80_108,
  mean_delay: 6.9,
  var_delay: 1992.1,
  p10_delay: -27.3,
  median_delay: -3.8,
  p90_delay: 53.1,
  histogram: [18, 63, 89, 53, 24, 14, 10, 12, 8, 7, 3],
};
