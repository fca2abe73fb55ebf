/**
 * The last data, kept across visits: a reload shows it at once, and its validators make asking again a 304.
 *
 * What is kept is bounded (the newest queries up to a million characters, of a list its first page), carries a
 * version, and is left behind when its server no longer allows it to be shown (stale-while-revalidate).
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

/** To be raised when the meaning of what is kept changes. */
const VERSION = "2";
const MOST_CHARACTERS = 1_000_000;
/** Soon, because a save that begins when the page is left does not end. */
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
  /** In one value with the queries, so that a body which both hold is stored once. */
  answers: [url: string, held: Held][];
}

export const indexedStorage: Storage = { get: (key) => get(key), set, del };

/** Restores what was kept, and keeps from now on. Resolves soon in any case: a slow or broken storage is done without. */
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
    // A value that somebody else left under our name cannot be read: it is removed, and later overwritten.
    await persistQueryClientRestore(options).catch(() => {});
    for (const [url, held] of kept?.answers ?? []) {
      if (!answers.get(url)) answers.set(url, held);
    }
    saveOnChange(queryClient, () => {
      const dehydrateOptions = { shouldDehydrateQuery: newest(queryClient), serializeData: firstPage };
      persistQueryClientSave({ ...options, dehydrateOptions }).catch(() => {});
    });
  }

  // A storage that is forbidden, full or broken costs the persistence and nothing else.
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

/** Not while the page is drawn, but soon in any case; Safari does not tell when it is idle. */
function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: SOON });
  else run();
}

const sizes = new WeakMap<object, number>();

/** Takes the newest queries until they are too much; what has been measured once is not measured again. */
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

/** Of an endless list the first page: to ask for all of them again, one after another, would be no welcome. */
function firstPage(data: unknown): unknown {
  const { pages, pageParams } = data as Partial<InfiniteData<unknown>>;
  return pages && pageParams && pages.length > 1
    ? { pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) }
    : data;
}
