/**
 * Takes the place of src/app/client in tests of the screens: the same client, asking a small real server.
 * `vi.mock("<path to>/app/client", () => import("<path to>/test/appClient"))`
 */
import { createClient } from "../client/client";
import { startServer } from "./server";

export const server = await startServer();
export const client = createClient({ baseURL: server.baseURL });
