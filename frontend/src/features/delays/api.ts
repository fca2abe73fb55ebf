import type { QueryClient } from "@tanstack/react-query";
import { client } from "../../app/client";
import type { Filters } from "../../ui/filters/filters";

const RATES = ["count", "cancelled", "on_time_share", "mean_delay"] as const;

/** One line for all of the flights that the filters leave. */
export const summaryQuery = (filters: Filters) =>
  client.report(asked(filters), [...RATES, "diverted", "histogram"]);

export const byCarrierQuery = (filters: Filters) =>
  client.report({ ...asked(filters), by: "carrier" }, ["carrier", ...RATES]);
export const byHourQuery = (filters: Filters) =>
  client.report({ ...asked(filters), by: "hour" }, ["hour", ...RATES]);
export const byWeekdayQuery = (filters: Filters) =>
  client.report({ ...asked(filters), by: "weekday" }, ["weekday", ...RATES]);
export const byMonthQuery = (filters: Filters) =>
  client.report({ ...asked(filters), by: "month" }, ["month", ...RATES]);
export const byRouteQuery = (filters: Filters) =>
  client.report({ ...asked(filters), by: "route" }, ["origin", "dest", ...RATES]);
export const byWeekdayAndHourQuery = (filters: Filters) =>
  client.report({ ...asked(filters), by: "weekday,hour" }, ["weekday", "hour", ...RATES]);

/** How the flights under one number fared, month by month. */
export const numberByMonthQuery = (carrier: string, flight: number) =>
  client.report({ carrier, flight, by: "month" }, ["month", ...RATES]);

/** Asks for all that the page of delays shows, in one tick. */
export function prefetchPage(cache: QueryClient, filters: Filters): void {
  cache.prefetchQuery(summaryQuery(filters));
  cache.prefetchQuery(byCarrierQuery(filters));
  cache.prefetchQuery(byHourQuery(filters));
  cache.prefetchQuery(byWeekdayQuery(filters));
  cache.prefetchQuery(byMonthQuery(filters));
  cache.prefetchQuery(byRouteQuery(filters));
  cache.prefetchQuery(byWeekdayAndHourQuery(filters));
}

export interface Rates {
  count: number;
  cancelled: number;
  on_time_share: number | null;
  mean_delay: number | null;
}

/** A report has no order of its own to ask for. */
function asked({ sort: _sort, ...filters }: Filters): Omit<Filters, "sort"> {
  return filters;
}
