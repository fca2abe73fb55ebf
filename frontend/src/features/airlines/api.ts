import { client } from "../../app/client";

/** All sixteen of them, for names beside codes and for choosing one. */
export const airlinesQuery = () => client.first("airlines", { limit: 50 }, ["carrier", "name"]);
