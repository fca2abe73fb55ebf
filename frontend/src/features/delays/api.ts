import type { ApiClient } from "../../api/client";
import { type Filters, type Measure, withoutDays } from "../../flights/filters/filters";

const SHARES = ["count", "cancelled", "on_time", "delayed", "on_time_share"] as const;
const RATES = [...SHARES, "mean_delay", "var_delay"] as const;
type Field = (typeof RATES)[number] | "median_delay" | "p90_delay";

/** Only what is shown: a quantile is told from eleven classes, and a report of them is twice the work. */
const FIELDS: Record<Measure, readonly Field[]> = {
  mean: RATES,
  median: [...SHARES, "median_delay"],
  p90: [...SHARES, "p90_delay"],
  on_time: SHARES,
  cancelled: SHARES,
};

/** One line for all flights that match the filters. */
export const summaryQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", asked(filters), [
    ...RATES,
    "diverted",
    "histogram",
    "p10_delay",
    "median_delay",
    "p90_delay",
  ]);

export const byCarrierQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(filters), by: "carrier" }, ["carrier", ...FIELDS[measure]]);
export const byHourQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(filters), by: "hour" }, ["hour", ...FIELDS[measure]]);
export const byWeekdayQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(filters), by: "weekday" }, ["weekday", ...FIELDS[measure]]);
export const byMonthQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(filters), by: "month" }, ["month", ...FIELDS[measure]]);
export const byRouteQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(filters), by: "route" }, ["origin", "dest", ...FIELDS[measure]]);
export const byWeekdayAndHourQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(filters), by: "weekday,hour" }, ["weekday", "hour", ...FIELDS[measure]]);

/** The delays of each day of the year, whichever days the filters choose. */
export const byDateQuery = (client: ApiClient, filters: Filters, measure: Measure = "mean") =>
  client.one("/delays", { ...asked(withoutDays(filters)), by: "date" }, ["date", ...FIELDS[measure]]);

/** The delays of the flights under one number, month by month. */
export const numberByMonthQuery = (client: ApiClient, carrier: string, flight: number) =>
  client.one("/delays", { carrier, flight, by: "month" }, ["month", ...RATES]);

/** The number of flights of each aircraft. */
export const byTailnumQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "tailnum" }, ["tailnum", "count"]);

/** Asks for all data of the page of delays in one tick. */
export function prefetchPage(client: ApiClient, filters: Filters, measure: Measure): void {
  const { queryClient: cache } = client;
  cache.prefetchQuery(summaryQuery(client, filters));
  cache.prefetchQuery(byDateQuery(client, filters, measure));
  cache.prefetchQuery(byCarrierQuery(client, filters, measure));
  cache.prefetchQuery(byHourQuery(client, filters, measure));
  cache.prefetchQuery(byWeekdayQuery(client, filters, measure));
  cache.prefetchQuery(byMonthQuery(client, filters, measure));
  cache.prefetchQuery(byRouteQuery(client, filters, measure));
  cache.prefetchQuery(byWeekdayAndHourQuery(client, filters, measure));
}

/** A line of a report; its delays are there where the measure is one of them. */
export interface Rates {
  count: number;
  cancelled: number;
  on_time: number;
  delayed: number;
  on_time_share: number | null;
  mean_delay?: number | null;
  var_delay?: number | null;
  median_delay?: number | null;
  p90_delay?: number | null;
}

/** A report has no order of its own to ask for, and by which measure it is drawn is the screen's own. */
function asked({ sort: _sort, measure: _measure, ...filters }: Filters) {
  return filters;
}
