/**
 * The client: what the screens ask, composed in the order that a request meets it.
 *
 * Each step is a function that takes the next; none knows what lies beyond, and no axios interceptor is used,
 * because those run last-registered first and would read backwards.
 */
import type { QueryClient } from "@tanstack/query-core";
import { batch } from "./batch";
import { createQueries, createQueryClient } from "./cache";
import { conditional, createAnswers } from "./conditional";
import { persist, type Storage } from "./persistence";
import type { Queries } from "./queries";
import { createTimings, type TimingStore, timed } from "./timing";
import { type Format, type Send, type Step, transport } from "./transport";

export interface Client extends Queries {
  queryClient: QueryClient;
  timings: TimingStore;
  /** Brings back what an earlier visit left, and keeps what this one brings. Never rejects, and takes no longer than 0.3 s. */
  restore(): Promise<void>;
}

export interface ClientOptions {
  /** `/api/v1`, or with an origin before it. */
  baseURL: string;
  format?: Format;
  storage?: Storage;
}

export function createClient({ baseURL, format, storage }: ClientOptions): Client {
  const { origin, root } = split(baseURL);
  const timings = createTimings();
  const answers = createAnswers();
  const queryClient = createQueryClient();
  const shared = { queryClient, answers, timings };

  const queries = createQueries(
    root,
    shared,
    inOrder(conditional(answers), batch(`${root}/batch`), timed(timings), transport(origin, format)),
  );

  return { ...queries, queryClient, timings, restore: () => persist(root, shared, storage) };
}

/** The steps as one: each is given the one after it. */
function inOrder(...steps: [...Step[], Send]): Send {
  const last = steps.pop() as Send;
  return (steps as Step[]).reduceRight<Send>((next, step) => step(next), last);
}

/** A batch names its parts by path, so the path is kept apart from the origin. */
function split(baseURL: string): { origin: string; root: string } {
  const [, origin = "", root = ""] = /^(https?:\/\/[^/]+)?(.*?)\/?$/.exec(baseURL) ?? [];
  return { origin, root };
}
