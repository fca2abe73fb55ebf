/**
 * Persistence of the last data across visits: a reload shows the data at once, and a 304 confirms it.
 *
 * The stored data is bounded (the newest queries up to a million characters; of a list, the first page) and carries a
 * version. Data that its server no longer allows to be shown (stale-while-revalidate) is not restored.
 */
import {
  defaultShouldDehydrateQuery,
  type InfiniteData,
  type Query,
  type QueryClient,
} from "@tanstack/query-core";
import {
  type PersistedClient,
  type Persister,
  persistQueryClientRestore,
  persistQueryClientSave,
} from "@tanstack/query-persist-client-core";
import { del, get, set } from "idb-keyval";
import { type Held, usableUntil } from "../techniques/response_cache.ts";
import { isKey, urlOf } from "./api.ts";
import type { Shared } from "./queries.ts";

/** Raise this when the meaning of the stored data changes. */
const VERSION = "2";
const MOST_CHARACTERS = 1_000_000;
/** Milliseconds before a save; short, because a save that begins when the page is left does not end. */
const SOON = 200;
const EVERY = 2_000;
const PATIENCE = 300;

export interface Storage {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<void>;
}

interface Kept {
  client: PersistedClient;
  /** In one value with the queries, so that a body in both is stored once. */
  answers: [url: string, held: Held][];
}

export const indexedStorage: Storage = { get: (key) => get(key), set, del };

/** Restores the stored data and stores new data from then on. Resolves soon, even with a slow or broken storage. */
export async function persist(
  { base, queryClient, answers }: Shared,
  storage: Storage = indexedStorage,
): Promise<void> {
  const name = `roundtrip ${base}`;
  let kept: Kept | undefined;

  const persister: Persister = {
    async restoreClient() {
      kept = (await storage.get(name).catch(() => undefined)) as Kept | undefined;
      return kept && { ...kept.client, clientState: usable(kept, base) };
    },
    async persistClient(client) {
      const held = client.clientState.queries.flatMap(({ queryKey }): Kept["answers"] => {
        const url = base + urlOf(queryKey);
        const answer = answers.get(url);
        return answer ? [[url, answer]] : [];
      });
      await storage.set(name, { client, answers: held } satisfies Kept);
    },
    async removeClient() {
      kept = undefined;
      await storage.del(name);
    },
  };
  const options = { queryClient, persister, buster: VERSION };

  async function restore() {
    // A value that another program stored under our name cannot be read: it is removed, and later overwritten.
    await persistQueryClientRestore(options).catch(() => {});
    for (const [url, held] of kept?.answers ?? []) {
      if (!answers.get(url)) answers.set(url, held);
    }
    saveOnChange(queryClient, () => {
      const dehydrateOptions = { shouldDehydrateQuery: newest(queryClient), serializeData: firstPage };
      persistQueryClientSave({ ...options, dehydrateOptions }).catch(() => {});
    });
  }

  // With a storage that is forbidden, full or broken, only the persistence is missing.
  await Promise.race([restore().catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

function usable({ client, answers }: Kept, base: string): PersistedClient["clientState"] {
  const until = new Map(answers.map(([url, held]) => [url, usableUntil(held)]));
  const queries = client.clientState.queries.filter(
    ({ queryKey }) => (until.get(base + urlOf(queryKey)) ?? 0) > Date.now(),
  );
  return { queries, mutations: [] };
}

/** A save soon after data came, at most one in every two seconds, and one when the page goes out of sight. */
function saveOnChange(queryClient: QueryClient, save: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saved = Number.NEGATIVE_INFINITY;
  const saveNow = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    saved = performance.now();
    save();
  };
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || !["success", "invalidate"].includes(event.action.type)) return;
    timer ??= setTimeout(() => whenIdle(saveNow), Math.max(SOON, saved + EVERY - performance.now()));
  });
  globalThis.document?.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") saveNow();
  });
}

/** Runs when the browser is idle, or soon in any case; Safari does not report idle time. */
function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: SOON });
  else run();
}

const sizes = new WeakMap<object, number>();

/** Takes the newest queries up to the size limit; a query is measured only once. */
function newest(queryClient: QueryClient): (query: Query) => boolean {
  const byAge = queryClient
    .getQueryCache()
    .getAll()
    .filter((query) => defaultShouldDehydrateQuery(query) && isKey(query.queryKey))
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  const taken = new Set<Query>();
  let size = 0;
  for (const query of byAge) {
    size += sizeOf(query.state.data);
    if (size > MOST_CHARACTERS) break;
    taken.add(query);
  }
  return (query) => taken.has(query);
}

function sizeOf(data: unknown): number {
  const kept = (data as Partial<InfiniteData<unknown>>).pages?.[0] ?? data;
  if (typeof kept !== "object" || kept === null) return 0;
  const size = sizes.get(kept) ?? JSON.stringify(kept).length;
  sizes.set(kept, size);
  return size;
}

/** Keeps the first page of an infinite list: a reload would ask for all further pages one after another. */
function firstPage(data: unknown): unknown {
  const { pages, pageParams } = data as Partial<InfiniteData<unknown>>;
  return pages && pageParams && pages.length > 1
    ? { pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) }
    : data;
}
