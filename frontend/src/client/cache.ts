/** TanStack Query as the cache. */
import type { DataTag, InfiniteData, QueryFunctionContext } from "@tanstack/query-core";
import type { ProblemError } from "./errors";
import type { Field, Resource, Selected } from "./fields";
import type { paths } from "./resources.gen";

declare module "@tanstack/query-core" {
  interface Register {
    defaultError: ProblemError;
  }
}

type Arguments<P> = P extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

/** The filters (and sort, and limit) that a resource takes; null and undefined ones are left out of the URL. */
export type Filters<R extends Resource> = {
  [K in Exclude<keyof Arguments<paths[`/api/v1/${R}`]>, "fields" | "after">]?:
    | Arguments<paths[`/api/v1/${R}`]>[K]
    | null
    | undefined;
};

export type DetailResource = "flights" | "airlines" | "airports" | "planes";
export type ListResource = DetailResource | "weather";

export interface Page<T> {
  items: T[];
  next: string | null;
}

interface Common<T> {
  queryKey: DataTag<readonly unknown[], T>;
  staleTime: (query: { queryHash: string }) => number;
  initialData: () => T | undefined;
  initialDataUpdatedAt: () => number | undefined;
}

/** What useQuery, prefetchQuery and their kin take. */
export interface OneQuery<T> extends Common<T> {
  queryFn: (context: QueryFunctionContext) => Promise<T>;
}

/** What useInfiniteQuery and its kin take; a page's param is the cursor it comes after. */
export interface PagedQuery<P> extends Common<InfiniteData<P, string | null>> {
  queryFn: (context: QueryFunctionContext<readonly unknown[], string | null>) => Promise<P>;
  initialPageParam: string | null;
  getNextPageParam: (last: P) => string | null;
}

export interface Queries {
  detail<R extends DetailResource, const F extends readonly Field<R>[]>(
    resource: R,
    id: Id<R>,
    fields: F,
  ): OneQuery<Selected<R, F[number]>>;
  list<R extends ListResource, const F extends readonly Field<R>[]>(
    resource: R,
    filters: Filters<R>,
    fields: F,
  ): PagedQuery<Page<Selected<R, F[number]>>>;
  first<R extends ListResource, const F extends readonly Field<R>[]>(
    resource: R,
    filters: Filters<R>,
    fields: F,
  ): OneQuery<Page<Selected<R, F[number]>>>;
  report<const F extends readonly Field<"delays">[]>(
    filters: Filters<"delays">,
    fields: F,
  ): OneQuery<{ items: Selected<"delays", F[number]>[] }>;
}

type Id<R extends DetailResource> = R extends "flights" ? number : string;
