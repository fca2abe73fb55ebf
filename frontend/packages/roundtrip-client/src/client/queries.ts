/**
 * The first step of a request: TanStack Query as the cache. A fresh answer is used without a request. Components that
 * need the same answer share one request, and a request that no component needs any more is cancelled.
 *
 * The server decides how long each answer is fresh, by its Cache-Control. A question whose fields are a subset of
 * those of a cached answer is answered from that answer.
 */
import { type InfiniteData, type Query, QueryClient } from "@tanstack/query-core";
import type { Request, Send } from "../chain.ts";
import { isWorthRetrying, ProblemError, problemOf, retryDelay } from "../errors.ts";
import { cacheGroups } from "../headers/cacheGroups.ts";
import { covers, pick } from "../techniques/fields.ts";
import { type Answers, freshUntil, type Held } from "../techniques/response_cache.ts";
import type { TimingStore } from "../techniques/timing/timing.ts";
import {
  type AnswerOf,
  type ArgumentsOf,
  type CommonOptions,
  type FieldsOf,
  isKey,
  type Key,
  keyOf,
  type OneQuery,
  type PagedQuery,
  type PathOf,
  type Selected,
  urlOf,
} from "./api.ts";
import { recordMemoryHits } from "./memoryHits.ts";

declare module "@tanstack/query-core" {
  interface Register {
    defaultError: ProblemError;
  }
}

export interface Queries<P, Root extends string> {
  /** One answer: an item by its id, or the first page of a list. */
  one<S extends PathOf<P, Root>, const F extends readonly FieldsOf<AnswerOf<P, Root, S>>[] = []>(
    path: S,
    args: ArgumentsOf<P, Root, S>,
    fields?: F,
  ): OneQuery<Selected<AnswerOf<P, Root, S>, F[number]>>;
  /** An infinite list, page by page. */
  list<S extends PathOf<P, Root>, const F extends readonly FieldsOf<AnswerOf<P, Root, S>>[] = []>(
    path: S,
    args: ArgumentsOf<P, Root, S>,
    fields?: F,
  ): PagedQuery<Selected<AnswerOf<P, Root, S>, F[number]>>;
  /** Any other request, mostly a write; returns the body of the answer. Throws a ProblemError. */
  send<T>(
    method: string,
    path: string,
    options?: Partial<Pick<Request, "headers" | "body" | "signal" | "alone">>,
  ): Promise<T>;
  /** Invalidates all answers with a tag, and asks again for those on the screen. */
  invalidate(what: { tag: string }): Promise<void>;
}

export interface Shared {
  /** The API's root. */
  base: string;
  queryClient: QueryClient;
  answers: Answers;
  timings: TimingStore;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: isWorthRetrying,
        retryDelay,
        gcTime: 15 * 60_000,
        // Offline, a query fails at once and says so; after a reconnect it is sent again.
        networkMode: "always",
        refetchOnReconnect: true,
        // Answers state how long they are fresh; a change of the window's focus does not make them older.
        refetchOnWindowFocus: false,
      },
    },
  });
}

export function createQueries<P, Root extends string>(shared: Shared, send: Send): Queries<P, Root> {
  const { base, queryClient, answers, timings } = shared;
  const addressOf = (key: readonly unknown[], after?: unknown) => base + urlOf(key, after);
  const heldOf = ({ queryKey, state }: Query) =>
    isKey(queryKey) ? cursorsOf(state.data).map((after) => answers.get(addressOf(queryKey, after))) : [];

  async function ask<T>(request: Pick<Request, "method" | "url"> & Partial<Request>): Promise<T> {
    const answer = await send({ base, headers: {}, call: timings.call(), ...request });
    if (answer.status >= 400) throw problemOf(answer);
    return answer.body as T;
  }

  /** From memory, if a fresh answer there has all the fields; else from the server. */
  function answer<T>(key: Key, signal: AbortSignal): Promise<T> {
    const wider = widerThan(key);
    if (!wider || freshOf(wider) <= Date.now()) return ask({ method: "GET", url: addressOf(key), signal });
    timings.hit(urlOf(key), WITHIN);
    return Promise.resolve(narrowed(wider, key) as T);
  }

  /** When a list is fetched again page by page, a page that is still fresh is not fetched. */
  async function page<T>(key: Key, signal: AbortSignal, after: string | null): Promise<T> {
    const url = addressOf(key, after);
    const held = after === null ? undefined : answers.get(url);
    if (held && freshUntil(held) > Date.now()) {
      timings.hit(urlOf(key, after), "this page is still fresh");
      return held.body as T;
    }
    return ask<T>({ method: "GET", url, signal }).catch((error: unknown) => {
      if (after !== null && isDeadCursor(error)) beginAnew(key);
      throw error;
    });
  }

  /** The server no longer accepts the cursor: the pages are dropped, and the list begins at the first page. */
  function beginAnew(key: Key): void {
    const first = answers.get(addressOf(key));
    if (first && Date.now() - first.at < JUST_NOW) return; // the server rejects cursors that it has just made
    const query = queryClient.getQueryCache().find({ queryKey: key, exact: true });
    for (const after of cursorsOf(query?.state.data)) answers.expire(addressOf(key, after), "without");
    queueMicrotask(() => void queryClient.resetQueries({ queryKey: key, exact: true }));
  }

  const widerThan = (key: readonly unknown[]) => allWiderThan(key)[0];

  /** Queries with data of the same resource and with all fields of this query; the newest first. */
  function allWiderThan(key: readonly unknown[]): Query[] {
    const [path, kind, query, fields] = key;
    return queryClient
      .getQueryCache()
      .findAll({ queryKey: [path, kind, query] })
      .filter(({ queryKey, state }) => state.data !== undefined && queryKey[3] !== fields)
      .filter(({ queryKey }) => covers(fieldsOf(queryKey), fieldsOf(key)))
      .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  }

  /** Narrows a wider query's data to this query, and keeps it as an answer of the same age and with the same tags. */
  function narrowed(wider: Query, key: Key): unknown {
    const fields = fieldsOf(key);
    const narrow = (data: unknown) =>
      isPage(data) ? { ...data, items: pick(data.items, fields) } : pick(data, fields);
    for (const after of cursorsOf(wider.state.data)) {
      const held = answers.get(addressOf(wider.queryKey, after));
      const url = addressOf(key, after);
      if (!held || freshUntil(answers.get(url)) > freshUntil(held)) continue;
      const { etag: _, ...headers } = held.headers; // the ETag belongs to the wider answer
      answers.set(url, { ...held, body: narrow(held.body), headers, narrowed: true });
    }
    if (key[1] === "one") return narrow(wider.state.data);
    const { pages, pageParams } = wider.state.data as InfiniteData<unknown>;
    return { pages: pages.map(narrow), pageParams };
  }

  /** On the clock of Date.now(); 0 when nothing is known. */
  function freshOf(query: Query): number {
    const own = Math.min(...heldOf(query).map(freshUntil));
    if (own > Date.now() || query.state.isInvalidated) return own;
    const wider = widerThan(query.queryKey);
    return wider ? Math.max(own, freshOf(wider)) : own;
  }

  function common<T>(key: Key): CommonOptions<T> {
    return {
      queryKey: key as unknown as CommonOptions<T>["queryKey"],
      // Negative when a wrong clock dated the data later than now.
      staleTime: (query) => freshOf(query as Query) - query.state.dataUpdatedAt,
      initialData: () => {
        const wider = widerThan(key);
        return wider && (narrowed(wider, key) as T);
      },
      initialDataUpdatedAt: () => widerThan(key)?.state.dataUpdatedAt,
    };
  }

  recordMemoryHits(queryClient, timings, (query) => (heldOf(query)[0]?.narrowed ? WITHIN : "still fresh"));

  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "invalidate" || !isKey(event.query.queryKey))
      return;
    // However it was invalidated, neither its pages nor any wider answer may be used for it again.
    const sources = [event.query, ...allWiderThan(event.query.queryKey)];
    for (const { queryKey, state } of sources)
      for (const after of cursorsOf(state.data)) answers.expire(addressOf(queryKey, after));
  });

  return {
    one(path, args, fields) {
      const key = keyOf("one", path, args, fields);
      return { ...common(key), queryFn: ({ signal }) => answer(key, signal) };
    },
    list(path, args, fields) {
      const key = keyOf("list", path, args, fields);
      return {
        ...common(key),
        queryFn: ({ signal, pageParam }) => page(key, signal, pageParam),
        initialPageParam: null,
        getNextPageParam: (last) => (last as { next?: string | null }).next ?? null,
      };
    },
    send: (method, path, options) => ask({ method, url: base + path, ...options }),
    invalidate({ tag }) {
      const has = (held: Held | undefined) => held !== undefined && cacheGroups(held.headers).includes(tag);
      answers.invalidate([tag]);
      return queryClient.invalidateQueries({ predicate: (query) => heldOf(query).some(has) });
    },
  };
}

const WITHIN = "its fields are within those of an answer in memory";
/** ms */
const JUST_NOW = 5_000;

/** The cursors of a query's data: one for each page of a list; for other queries only null. */
export function cursorsOf(data: unknown): readonly unknown[] {
  return (data as Partial<InfiniteData<unknown>> | undefined)?.pageParams ?? [null];
}

function fieldsOf(key: readonly unknown[]): string[] {
  return String(key[3]).split(",");
}

function isPage(data: unknown): data is { items: object[] } {
  return Array.isArray((data as { items?: unknown } | null)?.items);
}

function isDeadCursor(error: unknown): boolean {
  return (
    error instanceof ProblemError &&
    error.status === 400 &&
    error.errors.some(({ parameter }) => parameter === "after")
  );
}
