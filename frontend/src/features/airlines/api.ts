import type { ApiClient } from "../../api/client";

/** All sixteen airlines, for names beside codes and for a choice. */
export const airlinesQuery = (client: ApiClient) =>
  client.one("/airlines", { limit: 50 }, ["carrier", "name"]);
