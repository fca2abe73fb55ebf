/**
 * Memory hits: an observer of a query that has an answer, or that an earlier action has asked already, needs no round
 * trip of its own. A query that the current action has asked is not counted.
 */
import type { Query, QueryClient } from "@tanstack/query-core";
import type { TimingStore } from "../techniques/timing/timing.ts";
import { isKey, urlOf } from "./api.ts";

export function recordMemoryHits(
  queryClient: QueryClient,
  timings: TimingStore,
  reasonOf: (query: Query) => string,
): void {
  const counted = new WeakMap<Query, number>();

  queryClient.getQueryCache().subscribe((event) => {
    const { query } = event;
    if (event.type === "updated" && event.action.type === "fetch")
      counted.set(query, timings.call().actionId);
    if (event.type !== "observerAdded" || !isKey(query.queryKey)) return;
    const isUnderWay = query.state.fetchStatus === "fetching";
    // The new observer sends a request after this event if the query has no data or stale data.
    queueMicrotask(() => {
      const isAnswered = query.state.fetchStatus === "idle" && query.state.data !== undefined;
      const { actionId } = timings.call();
      if ((!isUnderWay && !isAnswered) || counted.get(query) === actionId) return;
      counted.set(query, actionId);
      const key = urlOf(query.queryKey);
      timings.hit(key, isUnderWay ? "asked already, and under way" : reasonOf(query));
    });
  });
}
