import { client } from "../../app/client";

/** The airports that some flight of the year left from or was bound for. */
export const servedAirportsQuery = () =>
  client.first("airports", { served: true, limit: 200 }, ["faa", "name"]);
