/** A cache in the page: five components that ask the same question share one request. */
import { createClient } from "roundtrip-client";
import type { paths } from "./api.ts";

export function askFiveTimes(baseURL: string) {
  const client = createClient<paths>({ baseURL });
  const component = () => client.queryClient.fetchQuery(client.one("/flights/{id}", { id: 7 }, ["id"]));
  return Promise.all([component(), component(), component(), component(), component()]);
}
