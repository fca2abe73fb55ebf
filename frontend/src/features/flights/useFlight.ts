import { type InfiniteData, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FlightRow, flightQuery, flightsQuery } from "./api";

/**
 * A flight, and what a list that it was in already told of it: enough to write its heading, and to ask for the rest
 * of its page in the same round trip.
 */
export function useFlight(id: number) {
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery(flightQuery(id));
  return { flight: data, known: data ?? knownFlight(cache, id), error, retry: refetch };
}

export function knownFlight(cache: QueryClient, id: number): FlightRow | undefined {
  const [resource, , , fields] = flightsQuery({}).queryKey;
  const lists = cache.getQueriesData<InfiniteData<{ items: FlightRow[] }> | { items: FlightRow[] }>({
    predicate: ({ queryKey }) =>
      queryKey[0] === resource && queryKey[1] !== "detail" && queryKey[3] === fields,
  });
  for (const [, list] of lists) {
    const pages = list === undefined ? [] : "pages" in list ? list.pages : [list];
    for (const page of pages) {
      const found = page.items.find((flight) => flight.id === id);
      if (found) return found;
    }
  }
  return undefined;
}
