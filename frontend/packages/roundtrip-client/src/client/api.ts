/** The types of an API's requests and answers, from those that openapi-typescript makes of its OpenAPI document. */
import type { DataTag, InfiniteData, QueryFunctionContext } from "@tanstack/query-core";
import { canonical, type FieldOf, type PickFields } from "../techniques/fields.ts";

/** The paths of an API that answer a GET, below its root. */
export type PathOf<P, Root extends string> = {
  [K in keyof P & string]: K extends `${Root}${infer Path}` ? (P[K] extends Readable ? Path : never) : never;
}[keyof P & string];

/** The whole answer to a GET of a path. */
export type AnswerOf<P, Root extends string, S extends string> = P[`${Root}${S}` & keyof P] extends {
  get: { responses: { 200: { content: { "application/json": infer T } } } };
}
  ? T
  : never;

/** The path parameters and the query parameters of a path; null and undefined values are left out of the URL. */
export type ArgumentsOf<P, Root extends string, S extends string> = P[`${Root}${S}` & keyof P] extends {
  get: { parameters: infer A };
}
  ? (A extends { path: infer T } ? T : unknown) & QueryOf<A>
  : never;

type QueryOf<A> = A extends { query?: infer Q }
  ? { [K in Exclude<keyof NonNullable<Q>, "fields" | "after">]?: NonNullable<Q>[K] | null | undefined }
  : unknown;

type Readable = { get: { responses: { 200: unknown } } };

/** The fields that may be selected from an answer; for a page, the fields of its items. */
export type FieldsOf<T> = FieldOf<T extends { items: readonly (infer I)[] } ? I : T>;

/** An answer, or the items of a page, with only these fields; without a selection the whole answer. */
export type Selected<T, F extends string> = [F] extends [never]
  ? T
  : T extends { items: readonly (infer I)[] }
    ? { [K in keyof T]: K extends "items" ? PickFields<I, F>[] : T[K] }
    : PickFields<T, F>;

/** Options for useQuery, prefetchQuery and similar functions. */
export interface OneQuery<T> extends CommonOptions<T> {
  queryFn: (context: QueryFunctionContext) => Promise<T>;
}

/** Options for useInfiniteQuery and similar functions; the param of a page is the cursor before it. */
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

/** The canonical form of one question, in strings: equal questions have equal keys and equal URLs. */
export type Key = readonly [path: string, kind: "one" | "list", query: string, fields: string];

export function keyOf(kind: Key[1], path: string, given: unknown, fields: readonly string[] = []): Key {
  const query: Record<string, unknown> = { ...(given as object) };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = encode(String(query[name]));
    delete query[name];
    return value;
  });
  return [filled, kind, spell(query), canonical(fields).join()];
}

/** The address of an answer below the API's root; `after` is the cursor of a further page. */
export function urlOf(key: readonly unknown[], after: unknown = null): string {
  const [path, , query, fields] = key as Key;
  const wanted = fields && `fields=${encode(fields)}`;
  const cursor = typeof after === "string" ? `after=${encode(after)}` : "";
  const search = [query, wanted, cursor].filter(Boolean).join("&");
  return search ? `${path}?${search}` : path;
}

/** Whether a query belongs to this client: an application may keep other queries in the same cache. */
export function isKey(key: readonly unknown[]): boolean {
  return key.length === 4 && (key[1] === "one" || key[1] === "list");
}

/** Arguments as written in a URL, sorted by name. */
function spell(query: Readonly<Record<string, unknown>>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name}=${encode(String(value))}`)
    .sort()
    .join("&");
}

/** Leaves commas and colons unencoded: a query may contain them (RFC 3986, 3.4), and is easier to read with them. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":");
}
