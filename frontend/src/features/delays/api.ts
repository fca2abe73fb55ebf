import type { ApiClient } from "../../api/client";
import type { Filters } from "../../ui/filters/filters";

const RATES = ["count", "cancelled", "on_time_share", "mean_delay"] as const;

/** One line for all of the flights that the filters leave. */
export const summaryQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", asked(filters), [...RATES, "diverted", "histogram"]);

export const byCarrierQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "carrier" }, ["carrier", ...RATES]);
export const byHourQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "hour" }, ["hour", ...RATES]);
export const byWeekdayQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "weekday" }, ["weekday", ...RATES]);
export const byMonthQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "month" }, ["month", ...RATES]);
export const byRouteQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "route" }, ["origin", "dest", ...RATES]);
export const byWeekdayAndHourQuery = (client: ApiClient, filters: Filters) =>
  client.one("/delays", { ...asked(filters), by: "weekday,hour" }, ["weekday", "hour", ...RATES]);

/** How the flights under one number fared, month by month. */
export const numberByMonthQuery = (client: ApiClient, carrier: string, flight: number) =>
  client.one("/delays", { carrier, flight, by: "month" }, ["month", ...RATES]);

/** Asks for all that the page of delays shows, in one tick. */
export function prefetchPage(client: ApiClient, filters: Filters): void {
  const { queryClient: cache } = client;
  cache.prefetchQuery(summaryQuery(client, filters));
  cache.prefetchQuery(byCarrierQuery(client, filters));
  cache.prefetchQuery(byHourQuery(client, filters));
  cache.prefetchQuery(byWeekdayQuery(client, filters));
  cache.prefetchQuery(byMonthQuery(client, filters));
  cache.prefetchQuery(byRouteQuery(client, filters));
  cache.prefetchQuery(byWeekdayAndHourQuery(client, filters));
}

export interface Rates {
  count: number;
  cancelled: number;
  on_time_share: number | null;
  mean_delay: number | null;
}

/** A report has no order of its own to ask for. */
function asked({ sort: _sort, ...filters }: Filters) {
  return filters;
}
