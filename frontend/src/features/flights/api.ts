import type { ApiClient } from "../../api/client";
import type { Filters } from "../../flights/filters/filters";

const ROW = [
  "id",
  "carrier",
  "flight",
  "origin",
  "dest",
  "sched_dep",
  "dep",
  "dep_delay",
  "arr_delay",
  "distance",
  "status",
] as const;

const WHOLE = [
  ...ROW,
  "tailnum",
  "sched_arr",
  "arr",
  "air_time",
  "time_hour",
  "airline",
  "plane",
  "origin_airport",
  "dest_airport",
  "weather",
] as const;

/** A list of flights; a page has 100 rows, about two screens. */
export const flightsQuery = (client: ApiClient, filters: Filters) =>
  client.list("/flights", { ...filters, limit: 100 }, ROW);
export const flightQuery = (client: ApiClient, id: number) => client.one("/flights/{id}", { id }, WHOLE);

/** The last flights under the same number, newest first. */
export const sameNumberQuery = (client: ApiClient, carrier: string, flight: number) =>
  client.one("/flights", { carrier, flight, sort: "-departure", limit: 12 }, ROW);

type Data<Q> = Q extends { queryFn: (...context: never[]) => Promise<infer T> } ? T : never;
export type FlightRow = Data<ReturnType<typeof flightsQuery>>["items"][number];
export type WholeFlight = Data<ReturnType<typeof flightQuery>>;
