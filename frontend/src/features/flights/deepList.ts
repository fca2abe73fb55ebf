import type { ApiClient } from "../../api/client";
import type { Filters } from "../../flights/filters/filters";
import { flightsQuery } from "./api";

/** The largest number of pages to ask for at once: those of five batches. */
const MOST_PAGES = 100;

export type Cursors = readonly (string | null)[];

/** The cursors of the loaded pages of a list; undefined if only the first page is loaded. */
export function cursorsOf(client: ApiClient, filters: Filters): Cursors | undefined {
  const params = client.queryClient.getQueryData(flightsQuery(client, filters).queryKey)?.pageParams;
  return params && params.length > 1 ? params.slice(0, MOST_PAGES) : undefined;
}

/**
 * Asks for all pages of a list at once, by their former cursors, so that they share a round trip. If that fails, the
 * list begins with its first page, as any other list.
 */
export async function askForPages(client: ApiClient, filters: Filters, cursors: Cursors): Promise<void> {
  const cache = client.queryClient;
  const { queryKey, queryFn } = flightsQuery(client, filters);
  const { signal } = new AbortController();
  const asked = cursors.map((pageParam) =>
    queryFn({ client: cache, queryKey, signal, pageParam, direction: "forward", meta: undefined }),
  );
  await Promise.all(asked).then(
    (pages) => cache.setQueryData(queryKey, { pages, pageParams: [...cursors] }),
    () => cache.prefetchInfiniteQuery(flightsQuery(client, filters)),
  );
}
