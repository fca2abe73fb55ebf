import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/useClient";
import type { Filters } from "../../flights/filters/filters";
import { flightsQuery } from "./api";

/** The flights that match filters, page by page; the former flights stay on the screen while new ones load. */
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
    // The flights of the former filters do not tell whether this list has ended.
    hasMore: query.hasNextPage || query.isPlaceholderData,
    isLoadingMore: query.isFetchingNextPage,
    moreFailed: query.isFetchNextPageError,
    loadMore: query.fetchNextPage,
    retry: query.refetch,
  };
}
