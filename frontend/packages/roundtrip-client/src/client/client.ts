/** The client: what the screens ask, through the steps that a request meets, in their order. */
import type { QueryClient } from "@tanstack/query-core";
import { compose, type Send, type Step } from "../chain.ts";
import { overFetch } from "../techniques/overFetch.ts";
import { type Answers, createAnswers } from "../techniques/response_cache.ts";
import { invalidation } from "../techniques/tags.ts";
import { createTimings, type TimingStore } from "../techniques/timing/timing.ts";
import { persist, type Storage } from "./persistence.ts";
import { createQueries, createQueryClient, type Queries } from "./queries.ts";

export interface ClientOptions<Root extends string> {
  /** Where the API begins: `/api/v1`, or with an origin before it. */
  baseURL: `${string}${Root}`;
  /** In the order in which a request meets them. `conditional()` keeps the answers, `timed()` the record. @default [] */
  steps?: readonly (Step & { answers?: Answers; timings?: TimingStore })[];
  /** What sends in the end. @default overFetch() */
  send?: Send;
  /** Where answers are kept across visits. @default IndexedDB */
  storage?: Storage;
}

/**
 * @typeParam P - the `paths` that openapi-typescript makes of the API's OpenAPI document
 * @typeParam Root - what those paths begin with that is in baseURL already: "/api/v1", or nothing
 */
export interface Client<P, Root extends string = ""> extends Queries<P, Root> {
  queryClient: QueryClient;
  timings: TimingStore;
  /** Brings back what an earlier visit left, and keeps what this one brings. Never rejects, and takes no longer than 0.3 s. */
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
