import { createClient } from "../client/client";

/** The one client of the application. */
export const client = createClient({ baseURL: "/api/v1" });
