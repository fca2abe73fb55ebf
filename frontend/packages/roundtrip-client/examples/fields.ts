/** Chosen fields: the client names the fields that it shows. To read another field of the answer does not compile. */
import { createClient } from "roundtrip-client";
import type { paths } from "./api.ts";

export async function nameOfTheAirline(baseURL: string) {
  const client = createClient<paths>({ baseURL });
  const flight = await client.queryClient.fetchQuery(
    client.one("/flights/{id}", { id: 7 }, ["id", "airline.name"]),
  );
  return flight.airline.name;
}
