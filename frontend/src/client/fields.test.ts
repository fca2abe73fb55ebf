import { expect, expectTypeOf, test } from "vitest";
import { createClient } from "./client";
import { canonical, covers, type Field, pick, type Selected } from "./fields";

test("an answer has the fields that were asked for, and no other compiles", () => {
  type Answer = Selected<"flights", "id" | "dep_delay">;

  expectTypeOf<Answer>().toEqualTypeOf<{ id: number; dep_delay: number | null }>();
  // @ts-expect-error dest was not asked for
  expectTypeOf<Answer["dest"]>();
});

test("nested fields are picked too, and what may be missing as a whole stays so", () => {
  type Answer = Selected<"flights", "plane.year" | "airline.name">;

  expectTypeOf<Answer["airline"]>().toEqualTypeOf<{ name: string }>();
  expectTypeOf<null>().toExtend<Answer["plane"]>();
  expectTypeOf<keyof NonNullable<Answer["plane"]>>().toEqualTypeOf<"year">();
});

test("a bare nested name means all of it", () => {
  type Answer = Selected<"flights", "airline" | "airline.name">;

  expectTypeOf<Answer["airline"]>().toEqualTypeOf<{ carrier: string; name: string }>();
});

test("a list of numbers is one field", () => {
  expectTypeOf<Selected<"delays", "histogram">>().toEqualTypeOf<{ histogram: number[] }>();
  expectTypeOf<"histogram.length">().not.toExtend<Field<"delays">>();
});

test("a query's data is typed by its fields, and unknown fields do not compile", () => {
  const client = createClient({ baseURL: "/api/v1" });
  const query = client.detail("flights", 1, ["id", "airline.name"]);

  expectTypeOf<Awaited<ReturnType<typeof query.queryFn>>>().toEqualTypeOf<{
    id: number;
    airline: { name: string };
  }>();
  // @ts-expect-error flights have no gate
  client.detail("flights", 1, ["gate"]);
  // @ts-expect-error nor does their airline have a fleet
  client.list("flights", {}, ["airline.fleet"]);
  // @ts-expect-error nor can they be filtered by it
  client.list("flights", { gate: 3 }, ["id"]);
});

test("a selection has one spelling", () => {
  expect(canonical(["id", "carrier", "id"])).toEqual(["carrier", "id"]);
  expect(canonical(["airline.name", "id", "airline"])).toEqual(["airline", "id"]);
});

test("an answer covers a question within its fields, nested ones too", () => {
  expect(covers(["id", "dest", "airline"], ["id", "airline.name"])).toBe(true);
  expect(covers(["id", "airline.name"], ["id", "airline"])).toBe(false);
  expect(covers(["id"], ["dest"])).toBe(false);
});

test("picking gives what asking for those fields alone would have given", () => {
  const flight = { id: 1, dest: "LAX", plane: null, airline: { carrier: "UA", name: "United" } };

  expect(pick(flight, ["id", "plane.year", "airline.name"])).toEqual({
    id: 1,
    plane: null,
    airline: { name: "United" },
  });
});
