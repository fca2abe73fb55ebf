/** The client: queries for the screens, sent through the chain of steps. */
import type { QueryClient } from "@tanstack/query-core";
import { compose, type Send, type Step } from "../chain.ts";
import { overFetch } from "../techniques/overFetch.ts";
import { type Answers, createAnswers } from "../techniques/response_cache.ts";
import { invalidation } from "../techniques/tags.ts";
import { createTimings, type TimingStore } from "../techniques/timing/timing.ts";
import { persist, type Storage } from "./persistence.ts";
import { createQueries, createQueryClient, type Queries } from "./queries.ts";

export interface ClientOptions<Root extends string> {
  /** The API's root, such as `/api/v1`, with or without an origin. */
  baseURL: `${string}${Root}`;
  /** In the order of a request. `conditional()` keeps the answers, `timed()` records the round trips. @default [] */
  steps?: readonly (Step & { answers?: Answers; timings?: TimingStore })[];
  /** The last step, which sends the request. @default overFetch() */
  send?: Send;
  /** The storage that keeps answers across visits. @default IndexedDB */
  storage?: Storage;
}

/**
 * @typeParam P - the `paths` that openapi-typescript makes of the API's OpenAPI document
 * @typeParam Root - the beginning of those paths that baseURL already contains, such as "/api/v1", or ""
 */
export interface Client<P, Root extends string = ""> extends Queries<P, Root> {
  queryClient: QueryClient;
  timings: TimingStore;
  /** Restores the answers of an earlier visit and keeps those of this visit. Never rejects; takes at most 0.3 s. */
  restore(): Promise<void>;
}

export function createClient<P, Root extends string = "">(options: ClientOptions<Root>): Client<P, Root> {
  const { baseURL, steps = [], send = overFetch(), storage } = options;
  const base = baseURL.replace(/\/$/, "");
  const timings = steps.find((step) => step.timings)?.timings ?? createTimings();
  const answers = steps.find((step) => step.answers)?.answers ?? createAnswers();
  const shared = { base, queryClient: createQueryClient(), answers, timings };

  const writes = invalidation((tags) => tags.forEach((tag) => void queries.invalidate({ tag })));
  const queries: Queries<P, Root> = createQueries(shared, compose(writes, ...steps, send));

  return { ...queries, queryClient: shared.queryClient, timings, restore: () => persist(shared, storage) };
}
