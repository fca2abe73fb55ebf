/** The client: what the screens ask, in the order that a request meets it. */
import type { QueryClient } from "@tanstack/query-core";
import type { Queries } from "./cache";
import type { TimingStore } from "./timing";

export interface Client extends Queries {
  queryClient: QueryClient;
  timings: TimingStore;
  /** Brings back what an earlier visit left, and keeps what this one brings. Never rejects. */
  restore(): Promise<void>;
}

export interface ClientOptions {
  baseURL: string;
}

export function createClient(_options: ClientOptions): Client {
  throw new Error("not yet written");
}
