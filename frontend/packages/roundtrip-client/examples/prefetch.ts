/** Prefetch: when the pointer rests on a link, the client asks for the data of the link's page. */
import { type Client, conditional, createClient } from "roundtrip-client";
import type { paths } from "./api.ts";

/** conditional() keeps the answers, each for as long as its Cache-Control says. */
export const clientOf = (baseURL: string) => createClient<paths>({ baseURL, steps: [conditional()] });
const flight = (client: Client<paths>) => client.one("/flights/{id}", { id: 7 }, ["id"]);

export function onPointerRest(client: Client<paths>) {
  return client.queryClient.prefetchQuery(flight(client));
}

export function onClick(client: Client<paths>) {
  return client.queryClient.fetchQuery(flight(client)); // already here, or on its way
}
