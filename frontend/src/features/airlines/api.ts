import type { ApiClient } from "../../api/client";

/** All sixteen of them, for names beside codes and for choosing one. */
export const airlinesQuery = (client: ApiClient) =>
  client.one("/airlines", { limit: 50 }, ["carrier", "name"]);
