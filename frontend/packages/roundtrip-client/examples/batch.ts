/** A batch: requests that begin together share one round trip, and each answer is there when its line arrives. */
import { batch, createClient } from "roundtrip-client";
import type { paths } from "./api.ts";

export function askTogether(baseURL: string) {
  const client = createClient<paths>({ baseURL, steps: [batch({ url: "/batch" })] });
  return Promise.all([
    client.queryClient.fetchQuery(client.one("/flights/{id}", { id: 7 }, ["id"])),
    client.queryClient.fetchQuery(client.one("/airlines", {}, ["name"])),
  ]);
}
