/**
 * Typed fields: the type of an answer is the pick of the fields asked for, so reading another does not compile.
 *
 * Fields are dotted names as in `?fields=id,airline.name` (sparse fieldsets, https://jsonapi.org/format/#fetching-sparse-fieldsets);
 * a bare nested name means all of it. What a resource has comes from the OpenAPI document.
 */
import type { components } from "./resources.gen";

type Schemas = components["schemas"];

export interface Resources {
  flights: Schemas["Flight"];
  airlines: Schemas["Airline"];
  airports: Schemas["Airport"];
  planes: Schemas["Plane"];
  weather: Schemas["Weather"];
  delays: Schemas["Delay"];
}

export type Resource = keyof Resources;

/** Every name that may be asked of a resource: `"id"`, `"airline"`, `"airline.name"`. */
export type Field<R extends Resource> = FieldOf<Resources[R]>;

/** What an answer has when these fields of a resource were asked for. */
export type Selected<R extends Resource, F extends string> = PickFields<Resources[R], F>;

type FieldOf<T> = {
  [K in keyof T & string]:
    | K
    | (IsNested<T[K]> extends true ? `${K}.${keyof NonNullable<T[K]> & string}` : never);
}[keyof T & string];

type PickFields<T, F extends string> = {
  [K in keyof T as K extends Head<F> ? K : never]-?: K extends F
    ? T[K]
    : PickNested<T[K], Tail<F, K & string>>;
};

/** A plane that may be unknown stays `{...} | null` when only some of its fields are asked for. */
type PickNested<V, F extends string> = PickFields<NonNullable<V>, F> | Extract<V, null>;

type Head<F extends string> = F extends `${infer H}.${string}` ? H : F;
type Tail<F extends string, K extends string> = F extends `${K}.${infer T}` ? T : never;
type IsNested<V> =
  NonNullable<V> extends readonly unknown[] ? false : NonNullable<V> extends object ? true : false;

/**
 * One selection, one spelling: sorted, without repeats, and without `airline.name` beside `airline`, so that
 * `a,b` and `b,a` are one query, one URL and one entry in every cache on the way.
 */
export function canonical(fields: readonly string[]): string[] {
  const asked = new Set(fields);
  return [...asked].filter((field) => !asked.has(head(field)) || !field.includes(".")).sort();
}

/** Whether an answer with the fields `have` holds everything that `want` asks for. */
export function covers(have: readonly string[], want: readonly string[]): boolean {
  const held = new Set(have);
  return want.every((field) => held.has(field) || held.has(head(field)));
}

/** The part of `data` that the fields name, as if only they had been asked for. */
export function pick(data: object, fields: readonly string[]): Record<string, unknown> {
  const source = data as Record<string, unknown>;
  const picked: Record<string, unknown> = {};
  for (const field of canonical(fields)) {
    const name = head(field);
    const value = source[name];
    if (name === field || value === null || typeof value !== "object") {
      picked[name] = value;
    } else {
      const inner = field.slice(name.length + 1);
      picked[name] = { ...(picked[name] as object), [inner]: (value as Record<string, unknown>)[inner] };
    }
  }
  return picked;
}

function head(field: string): string {
  const dot = field.indexOf(".");
  return dot < 0 ? field : field.slice(0, dot);
}
