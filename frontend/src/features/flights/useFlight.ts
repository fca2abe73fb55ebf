import { type InfiniteData, useQuery } from "@tanstack/react-query";
import { type ApiClient, useClient } from "../../api/client";
import { type FlightRow, flightQuery, flightsQuery } from "./api";

/**
 * A flight, and its fields from a loaded list: these are enough for the heading, and to ask for the rest of the page in
 * the same round trip.
 */
export function useFlight(id: number) {
  const client = useClient();
  const { data, error, refetch } = useQuery(flightQuery(client, id));
  return { flight: data, known: data ?? knownFlight(client, id), error, retry: refetch };
}

export function knownFlight(client: ApiClient, id: number): FlightRow | undefined {
  const [path, , , fields] = flightsQuery(client, {}).queryKey;
  const lists = client.queryClient.getQueriesData<
    InfiniteData<{ items: FlightRow[] }> | { items: FlightRow[] }
  >({
    predicate: ({ queryKey }) => queryKey[0] === path && queryKey[3] === fields,
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
