import type { ApiClient } from "../../api/client";

/** The airports at which a flight of the data set begins or ends. */
export const servedAirportsQuery = (client: ApiClient) =>
  client.one("/airports", { served: true, limit: 200 }, ["faa", "name"]);
