/** What can be asked of an API, as its OpenAPI document says: the types that openapi-typescript makes of it. */
import type { DataTag, InfiniteData, QueryFunctionContext } from "@tanstack/query-core";
import { canonical, type FieldOf, type PickFields } from "../techniques/fields.ts";

/** The paths of an API that answer a GET, below its root. */
export type PathOf<P, Root extends string> = {
  [K in keyof P & string]: K extends `${Root}${infer Path}` ? (P[K] extends Readable ? Path : never) : never;
}[keyof P & string];

/** What a GET of a path answers, whole. */
export type AnswerOf<P, Root extends string, S extends string> = P[`${Root}${S}` & keyof P] extends {
  get: { responses: { 200: { content: { "application/json": infer T } } } };
}
  ? T
  : never;

/** The names in a path's braces, and what its query takes; null and undefined ones are left out of the URL. */
export type ArgumentsOf<P, Root extends string, S extends string> = P[`${Root}${S}` & keyof P] extends {
  get: { parameters: infer A };
}
  ? (A extends { path: infer T } ? T : unknown) & QueryOf<A>
  : never;

type QueryOf<A> = A extends { query?: infer Q }
  ? { [K in Exclude<keyof NonNullable<Q>, "fields" | "after">]?: NonNullable<Q>[K] | null | undefined }
  : unknown;

type Readable = { get: { responses: { 200: unknown } } };

/** The names that may be asked of an answer: of a page, those of its items. */
export type FieldsOf<T> = FieldOf<T extends { items: readonly (infer I)[] } ? I : T>;

/** An answer, or the items of a page, with these fields only; whole when none are named. */
export type Selected<T, F extends string> = [F] extends [never]
  ? T
  : T extends { items: readonly (infer I)[] }
    ? { [K in keyof T]: K extends "items" ? PickFields<I, F>[] : T[K] }
    : PickFields<T, F>;

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

/** One question, spelled in one way only: strings, so that equal questions have equal keys and equal URLs. */
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

/** Whether a query is one of ours: an application may keep others in the same cache. */
export function isKey(key: readonly unknown[]): boolean {
  return key.length === 4 && (key[1] === "one" || key[1] === "list");
}

/** Arguments as they stand in a URL, sorted by name. */
function spell(query: Readonly<Record<string, unknown>>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name}=${encode(String(value))}`)
    .sort()
    .join("&");
}

/** Commas and colons may stand in a query (RFC 3986, 3.4), and are easier to read so. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":");
}
