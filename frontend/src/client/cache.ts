/**
 * The first step of a request: TanStack Query as the cache. What is here and fresh is not asked for; what is asked
 * for is asked once, however many want it; who leaves takes the question back.
 *
 * How long an answer is fresh is the server's to say, by the Cache-Control of each. A question whose fields are
 * within those of an answer in the cache is answered from it.
 */
import { type InfiniteData, type Query, QueryClient } from "@tanstack/query-core";
import type { Answers } from "./conditional";
import { isWorthRetrying, type ProblemError, problemOf, retryDelay } from "./errors";
import { covers, pick } from "./fields";
import { freshness } from "./freshness";
import { type CommonOptions, encode, type Key, keyOf, type Queries, spell, urlOf } from "./queries";
import type { TimingStore } from "./timing";
import type { Send } from "./transport";

declare module "@tanstack/query-core" {
  interface Register {
    defaultError: ProblemError;
  }
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: isWorthRetrying,
        retryDelay,
        gcTime: 15 * 60_000,
        // Offline, a question fails at once and says so; reconnecting asks it again.
        networkMode: "always",
        refetchOnReconnect: true,
        // Answers tell how long they are good for; looking away and back makes them no older.
        refetchOnWindowFocus: false,
      },
    },
  });
}

export function createQueries(
  root: string,
  { queryClient, answers, timings }: { queryClient: QueryClient; answers: Answers; timings: TimingStore },
  send: Send,
): Queries {
  async function ask<T>(key: Key, signal: AbortSignal, after?: string | null): Promise<T> {
    const url = root + urlOf(key, after);
    const alone = key[1] === "document"; // it is no resource, and batches are of resources
    const answer = await send({ method: "GET", url, headers: {}, signal, alone, call: timings.call() });
    if (answer.status >= 400) throw problemOf(answer.status, answer.headers, answer.body);
    return answer.body as T;
  }

  /** From memory, if something wider is fresh there; else from the server. */
  async function answer<T>(key: Key, signal: AbortSignal): Promise<T> {
    const wider = widerThan(key);
    if (!wider || freshUntil(wider.queryKey as unknown as Key, wider.state.data) <= Date.now())
      return ask(key, signal);
    timings.hit(key.join(" "), WITHIN);
    return narrowed(wider.state.data, key) as T;
  }

  /** When a list is asked anew page by page, a page may itself still be good. */
  async function page<T>(key: Key, signal: AbortSignal, after: string | null): Promise<T> {
    const held = after === null ? undefined : answers.get(root + urlOf(key, after));
    if (!held || freshness(held.headers, held.at).freshUntil <= Date.now()) return ask(key, signal, after);
    timings.hit(`${key.join(" ")} after ${after}`, "this page is still fresh");
    return held.body as T;
  }

  /** A query with data, of the same things and with all the fields of this one; the newest of them. */
  function widerThan(key: Key): Query | undefined {
    const [resource, kind, which, fields] = key;
    return queryClient
      .getQueryCache()
      .findAll({ queryKey: [resource, kind, which] })
      .filter(({ queryKey, state }) => state.data !== undefined && queryKey[3] !== fields)
      .filter(({ queryKey }) => covers((queryKey as unknown as Key)[3].split(","), fields.split(",")))
      .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)[0];
  }

  /** On the clock of Date.now(); 0 when nothing is known. */
  function freshUntil(key: Key, data: unknown): number {
    const own = Math.min(
      ...cursorsOf(data).map((after) => {
        const held = answers.get(root + urlOf(key, after));
        return held ? freshness(held.headers, held.at).freshUntil : 0;
      }),
    );
    if (own > Date.now()) return own;
    const wider = widerThan(key);
    return wider ? Math.max(own, freshUntil(wider.queryKey as unknown as Key, wider.state.data)) : own;
  }

  function common<T>(key: Key): CommonOptions<T> {
    return {
      queryKey: key as unknown as CommonOptions<T>["queryKey"],
      staleTime: ({ state }) => Math.max(0, freshUntil(key, state.data) - state.dataUpdatedAt),
      initialData: () => {
        const wider = widerThan(key);
        return wider && (narrowed(wider.state.data, key) as T);
      },
      initialDataUpdatedAt: () => widerThan(key)?.state.dataUpdatedAt,
    };
  }

  function one<T>(key: Key) {
    return { ...common<T>(key), queryFn: ({ signal }: { signal: AbortSignal }) => answer<T>(key, signal) };
  }

  recordMemoryHits(queryClient, timings, (query) =>
    answers.get(root + urlOf(query.queryKey as unknown as Key)) ? "still fresh" : WITHIN,
  );

  return {
    detail: (resource, id, fields) => one(keyOf(resource, "detail", encode(String(id)), fields)),
    first: (resource, filters, fields) => one(keyOf(resource, "first", spell(filters), fields)),
    report: (filters, fields) => one(keyOf("delays", "report", spell(filters), fields)),
    document: () => one(keyOf("openapi", "document", "", [])),
    list(resource, filters, fields) {
      const key = keyOf(resource, "list", spell(filters), fields);
      return {
        ...common(key),
        queryFn: ({ signal, pageParam }) => page(key, signal, pageParam),
        initialPageParam: null,
        getNextPageParam: (last) => last.next,
      };
    },
  };
}

const WITHIN = "its fields are within those of an answer in memory";

/** The data of a wider question as this one's own. */
function narrowed(data: unknown, key: Key): unknown {
  const fields = key[3].split(",");
  const narrow = (page: { items: object[] }) => ({
    ...page,
    items: page.items.map((item) => pick(item, fields)),
  });
  if (key[1] === "detail") return pick(data as object, fields);
  if (key[1] !== "list") return narrow(data as { items: object[] });
  const { pages, pageParams } = data as InfiniteData<{ items: object[] }>;
  return { pages: pages.map(narrow), pageParams };
}

/** The cursors whose answers make up the data of a query: of a list one a page, else none. */
export function cursorsOf(data: unknown): readonly unknown[] {
  if (data === undefined) return [null];
  return (data as Partial<InfiniteData<unknown>>).pageParams ?? [null];
}

/**
 * Whoever comes to a query and finds it answered, or already asked by an earlier action, needed no round trip of
 * their own. What this very action has asked is not counted again.
 */
function recordMemoryHits(
  queryClient: QueryClient,
  timings: TimingStore,
  reasonOf: (query: Query) => string,
): void {
  const counted = new WeakMap<Query, number>();

  queryClient.getQueryCache().subscribe((event) => {
    const { query } = event;
    if (event.type === "updated" && event.action.type === "fetch")
      counted.set(query, timings.call().actionId);
    if (event.type !== "observerAdded") return;
    const isUnderWay = query.state.fetchStatus === "fetching";
    // The newcomer asks right after this, if it finds nothing or something stale.
    queueMicrotask(() => {
      const isAnswered = query.state.fetchStatus === "idle" && query.state.data !== undefined;
      const { actionId } = timings.call();
      if ((!isUnderWay && !isAnswered) || counted.get(query) === actionId) return;
      counted.set(query, actionId);
      timings.hit(query.queryKey.join(" "), isUnderWay ? "asked already, and under way" : reasonOf(query));
    });
  });
}
