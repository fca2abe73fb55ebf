/**
 * Typed fields: the type of an answer is the pick of the fields asked for, so reading another does not compile.
 *
 * Fields are dotted names as in `?fields=id,airline.name` (sparse fieldsets, https://jsonapi.org/format/#fetching-sparse-fieldsets);
 * a bare nested name means all of it. What a thing has comes from the OpenAPI document.
 */
/** Every name that may be asked of a thing: `"id"`, `"airline"`, `"airline.name"`; of lists, what their items have. */
export type FieldOf<T, Depth extends unknown[] = []> = {
  [K in keyof T & string]:
    | K
    | (Depth["length"] extends 2 ? never : `${K}.${FieldOf<Nested<T[K]>, [...Depth, unknown]>}`);
}[keyof T & string];

/** What an answer has when these fields of a thing were asked for. */
export type PickFields<T, F extends string> = {
  [K in keyof T as K extends Head<F> ? K : never]-?: K extends F
    ? T[K]
    : PickNested<T[K], Tail<F, K & string>>;
};

/** A plane that may be unknown stays `{...} | null` when only some of its fields are asked for. */
type PickNested<V, F extends string> =
  | Extract<V, null>
  | (NonNullable<V> extends readonly (infer I)[] ? PickFields<I, F>[] : PickFields<NonNullable<V>, F>);

/** The object that a value is or has as items; an object without names for anything else. */
type Nested<V> =
  NonNullable<V> extends readonly (infer I)[]
    ? I extends object
      ? I
      : object
    : NonNullable<V> extends object
      ? NonNullable<V>
      : object;

type Head<F extends string> = F extends `${infer H}.${string}` ? H : F;
type Tail<F extends string, K extends string> = F extends `${K}.${infer T}` ? T : never;

/**
 * One selection, one spelling: sorted, without repeats, and without `airline.name` beside `airline`, so that
 * `a,b` and `b,a` are one query, one URL and one entry in every cache on the way.
 */
export function canonical(fields: readonly string[]): string[] {
  const asked = new Set(fields);
  return [...asked].filter((field) => !within(asked, field)).sort();
}

/** Whether an answer with the fields `have` holds everything that `want` asks for. */
export function covers(have: readonly string[], want: readonly string[]): boolean {
  const held = new Set(have);
  return want.every((field) => held.has(field) || within(held, field));
}

/** The part of `data` that the fields name, as if only they had been asked for. */
export function pick(data: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(data)) return data.map((item) => pick(item, fields));
  if (typeof data !== "object" || data === null) return data;
  const source = data as Record<string, unknown>;
  const names = new Set(fields.map((field) => field.split(".", 1)[0] ?? field));
  return Object.fromEntries(
    [...names].map((name) => {
      const inner = fields.flatMap((field) =>
        field.startsWith(`${name}.`) ? field.slice(name.length + 1) : [],
      );
      const isWhole = fields.includes(name);
      return [name, isWhole ? source[name] : pick(source[name], inner)];
    }),
  );
}

/** Whether one of the names is that of something which has this field in it. */
function within(names: ReadonlySet<string>, field: string): boolean {
  for (let dot = field.indexOf("."); dot >= 0; dot = field.indexOf(".", dot + 1)) {
    if (names.has(field.slice(0, dot))) return true;
  }
  return false;
}
