/** Conditional requests: the client sends the validator of the answer that it has, and a 304 confirms the answer. */
import { conditional, createClient, timed } from "roundtrip-client";
import type { paths } from "./api.ts";

export async function askTwice(baseURL: string) {
  const client = createClient<paths>({ baseURL, steps: [conditional(), timed()] });
  const flight = { ...client.one("/flights/{id}", { id: 7 }, ["id"]), staleTime: 0 }; // always ask
  const answers = [await client.queryClient.fetchQuery(flight), await client.queryClient.fetchQuery(flight)];
  return { answers, statuses: client.timings.getSnapshot().roundTrips.map((trip) => trip.status) };
}
