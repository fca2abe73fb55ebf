/**
 * Typed fields: the type of an answer has only the selected fields, so reading any other field does not compile.
 *
 * Fields are dotted names as in `?fields=id,airline.name` (sparse fieldsets, https://jsonapi.org/format/#fetching-sparse-fieldsets);
 * the bare name of a nested object means all its fields. The existing fields come from the OpenAPI document.
 */
/** Every field name of an object: `"id"`, `"airline"`, `"airline.name"`; for a list, the names of its items. */
export type FieldOf<T, Depth extends unknown[] = []> = {
  [K in keyof T & string]:
    | K
    | (Depth["length"] extends 2 ? never : `${K}.${FieldOf<Nested<T[K]>, [...Depth, unknown]>}`);
}[keyof T & string];

/** The type of an answer with only these fields of an object. */
export type PickFields<T, F extends string> = {
  [K in keyof T as K extends Head<F> ? K : never]-?: K extends F
    ? Whole<T[K]>
    : PickNested<T[K], Tail<F, K & string>>;
};

/** An object with all its fields. The OpenAPI document makes fields optional: an answer has only the selected ones. */
export type Whole<V> = V extends readonly (infer I)[]
  ? Whole<I>[]
  : V extends object
    ? { [K in keyof V]-?: Whole<V[K]> }
    : V;

/** A plane that may be null stays `{...} | null` when only some of its fields are selected. */
type PickNested<V, F extends string> =
  | Extract<V, null>
  | (NonNullable<V> extends readonly (infer I)[] ? PickFields<I, F>[] : PickFields<NonNullable<V>, F>);

/** The object itself, or the items of an array; an object without names for any other value. */
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
 * The canonical form of a selection: sorted, without repeats, and without `airline.name` beside `airline`. So `a,b`
 * and `b,a` are one query, one URL and one entry in every cache on the way.
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

/** The part of `data` that the fields name: the same as an answer with only these fields. */
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

/** Whether one of the names is an object that contains this field. */
function within(names: ReadonlySet<string>, field: string): boolean {
  for (let dot = field.indexOf("."); dot >= 0; dot = field.indexOf(".", dot + 1)) {
    if (names.has(field.slice(0, dot))) return true;
  }
  return false;
}
