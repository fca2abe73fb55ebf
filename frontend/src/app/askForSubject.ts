import * as delays from "../features/delays/api";
import { client } from "./client";
import type { SubjectKind } from "./subjectKinds";
import { subjectOf } from "./subjects";

/** Asks for all data of the page of an airline, an airport, a route or a flight number, in one tick. The names come with its code. */
export function askForSubject(kind: SubjectKind, name: string): void {
  const subject = subjectOf(kind, name);
  if (!subject) return;
  const { filters, carriers, routes, hasAircraft } = subject;
  const { queryClient: cache } = client;
  cache.prefetchQuery(delays.summaryQuery(client, filters));
  cache.prefetchQuery(delays.byDateQuery(client, filters));
  cache.prefetchQuery(delays.byWeekdayAndHourQuery(client, filters));
  if (carriers) cache.prefetchQuery(delays.byCarrierQuery(client, carriers));
  if (routes) cache.prefetchQuery(delays.byRouteQuery(client, routes));
  if (hasAircraft) cache.prefetchQuery(delays.byTailnumQuery(client, filters));
}
