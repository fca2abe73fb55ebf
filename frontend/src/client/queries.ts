/** What can be asked: resources, filters and fields, as a key, a URL, and the types of the answers. */
import type { DataTag, InfiniteData, QueryFunctionContext } from "@tanstack/query-core";
import { canonical, type Field, type Resource, type Selected } from "./fields";
import type { paths } from "./resources.gen";

export type DetailResource = "flights" | "airlines" | "airports" | "planes";
export type ListResource = DetailResource | "weather";

/** The filters (and sort, and limit) that a resource takes; null and undefined ones are left out of the URL. */
export type Filters<R extends Resource> = {
  [K in Exclude<keyof Arguments<R>, "fields" | "after">]?: Arguments<R>[K] | null | undefined;
};

type Arguments<R extends Resource> = paths[`/api/v1/${R}`]["get"]["parameters"] extends { query?: infer Q }
  ? NonNullable<Q>
  : never;

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** What useQuery, prefetchQuery and their kin take. */
export interface OneQuery<T> extends CommonOptions<T> {
  queryFn: (context: QueryFunctionContext) => Promise<T>;
}

/** What useInfiniteQuery and its kin take; the param of a page is the cursor it comes after. */
export interface PagedQuery<P> extends CommonOptions<InfiniteData<P, string | null>> {
  queryFn: (context: QueryFunctionContext<readonly unknown[], string | null>) => Promise<P>;
  initialPageParam: string | null;
  getNextPageParam: (last: P) => string | null;
}

export interface CommonOptions<T> {
  queryKey: DataTag<readonly unknown[], T>;
  staleTime: (query: { state: { data: unknown; dataUpdatedAt: number } }) => number;
  initialData: () => T | undefined;
  initialDataUpdatedAt: () => number | undefined;
}

export interface Queries {
  /** One thing by its id. */
  detail<R extends DetailResource, const F extends readonly Field<R>[]>(
    resource: R,
    id: R extends "flights" ? number : string,
    fields: F,
  ): OneQuery<Selected<R, F[number]>>;
  /** A list without end, page by page. */
  list<R extends ListResource, const F extends readonly Field<R>[]>(
    resource: R,
    filters: Filters<R>,
    fields: F,
  ): PagedQuery<Page<Selected<R, F[number]>>>;
  /** The first page of a list, and no more. */
  first<R extends ListResource, const F extends readonly Field<R>[]>(
    resource: R,
    filters: Filters<R>,
    fields: F,
  ): OneQuery<Page<Selected<R, F[number]>>>;
  /** Delays summed up, `by` up to two things. */
  report<const F extends readonly Field<"delays">[]>(
    filters: Filters<"delays">,
    fields: F,
  ): OneQuery<{ items: Selected<"delays", F[number]>[] }>;
  /** What the API says of itself: its OpenAPI document. */
  document(): OneQuery<unknown>;
}

/** One question, spelled in one way only: strings, so that equal questions have equal keys and equal URLs. */
export type Key = readonly [
  resource: Resource | "openapi",
  kind: keyof Queries,
  which: string,
  fields: string,
];

export function keyOf(resource: Key[0], kind: keyof Queries, which: string, fields: readonly string[]): Key {
  return [resource, kind, which, canonical(fields).join()];
}

/** The address of an answer below the API's root; `after` is the cursor of a further page. */
export function urlOf([resource, kind, which, fields]: Key, after: unknown = null): string {
  if (kind === "document") return `/${resource}.json`;
  const path = kind === "detail" ? `/${resource}/${which}` : `/${resource}`;
  const filters = kind === "detail" ? "" : which;
  const cursor = typeof after === "string" ? `after=${encode(after)}` : "";
  return `${path}?${[filters, `fields=${encode(fields)}`, cursor].filter(Boolean).join("&")}`;
}

/** Filters as they stand in a URL, sorted by name. */
export function spell(filters: Readonly<Record<string, unknown>>): string {
  return Object.entries(filters)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name}=${encode(String(value))}`)
    .sort()
    .join("&");
}

/** Commas and colons may stand in a query (RFC 3986, 3.4), and are easier to read so. */
export function encode(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":");
}
