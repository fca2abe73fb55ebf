import type { ApiClient } from "../../api/client";

/** The airports that some flight of the year left from or was bound for. */
export const servedAirportsQuery = (client: ApiClient) =>
  client.one("/airports", { served: true, limit: 200 }, ["faa", "name"]);
