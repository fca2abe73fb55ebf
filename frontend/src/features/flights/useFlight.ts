import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/useClient";
import { flightQuery } from "./api";
import { knownFlight } from "./knownFlight";

/**
 * A flight, and its fields from a loaded list: these are enough for the heading, and to ask for the rest of the page in
 * the same round trip.
 */
export function useFlight(id: number) {
  const client = useClient();
  const { data, error, refetch } = useQuery(flightQuery(client, id));
  return { flight: data, known: data ?? knownFlight(client, id), error, retry: refetch };
}
