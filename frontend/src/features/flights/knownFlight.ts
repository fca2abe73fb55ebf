import type { InfiniteData } from "@tanstack/react-query";
import type { ApiClient } from "../../api/client";
import { type FlightRow, flightsQuery } from "./api";

/** The fields of a flight in a list that is loaded. */
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
