import { createApiClient } from "../api/client";

/** The one client of the application. */
export const client = createApiClient();
