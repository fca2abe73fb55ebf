import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/client";
import type { Filters } from "../../ui/filters/filters";
import { flightsQuery } from "./api";

/** The flights under some filters, page after page; while other filters load, the last flights stay in sight. */
export function useFlights(filters: Filters) {
  const query = useInfiniteQuery({
    ...flightsQuery(useClient(), filters),
    placeholderData: keepPreviousData,
  });
  const flights = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return {
    flights,
    error: query.error,
    isPending: query.isPending,
    isStale: query.isPlaceholderData,
    // The last flights of other filters are not the end of these.
    hasMore: query.hasNextPage || query.isPlaceholderData,
    isLoadingMore: query.isFetchingNextPage,
    moreFailed: query.isFetchNextPageError,
    loadMore: query.fetchNextPage,
    retry: query.refetch,
  };
}
