/**
 * Replaces src/app/client in tests of the screens: the same client, with a small real server.
 * `vi.mock("<path to>/app/client", () => import("<path to>/test/appClient"))`
 */
import { startServer } from "../../packages/roundtrip-client/tests/server";
import { createApiClient } from "../api/client";

export const server = await startServer();
export const client = createApiClient(server.baseURL);
