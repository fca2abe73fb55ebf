import { expect, expectTypeOf, test } from "vitest";
import type { AnswerOf, FieldsOf, Selected } from "../src/client/api.ts";
import { canonical, covers, pick } from "../src/techniques/fields.ts";
import { clientOf, type paths } from "./api.ts";

type Flight = AnswerOf<paths, "/api/v1", "/flights/{id}">;
type Delays = AnswerOf<paths, "/api/v1", "/delays">;

test("an answer has the selected fields, and reading any other does not compile", () => {
  type Answer = Selected<Flight, "id" | "dep_delay">;

  expectTypeOf<Answer>().toEqualTypeOf<{ id: number; dep_delay: number | null }>();
  // @ts-expect-error dest was not asked for
  expectTypeOf<Answer["dest"]>();
});

test("nested fields are picked too, and a nested object that may be null stays so", () => {
  type Answer = Selected<Flight, "plane.year" | "airline.name">;

  expectTypeOf<Answer["airline"]>().toEqualTypeOf<{ name: string }>();
  expectTypeOf<null>().toExtend<Answer["plane"]>();
  expectTypeOf<keyof NonNullable<Answer["plane"]>>().toEqualTypeOf<"year">();
});

test("fields of lists, and fields nested twice, are picked from each item", () => {
  type Answer = Selected<Flight, "legs.to" | "plane.maker.name">;

  expectTypeOf<Answer["legs"]>().toEqualTypeOf<{ to: string }[]>();
  expectTypeOf<NonNullable<Answer["plane"]>["maker"]>().toEqualTypeOf<{ name: string }>();
  expect(pick({ id: 1, legs: [{ from: "JFK", to: "LAX" }] }, ["legs.to"])).toEqual({ legs: [{ to: "LAX" }] });
  expect(
    pick({ plane: { year: 1999, maker: { name: "Airbus", country: "FR" } } }, ["plane.maker.name"]),
  ).toEqual({ plane: { maker: { name: "Airbus" } } });
});

test("the bare name of a nested object means all its fields", () => {
  type Answer = Selected<Flight, "airline" | "airline.name">;

  expectTypeOf<Answer["airline"]>().toEqualTypeOf<{ carrier: string; name: string }>();
});

test("a list of numbers is one field", () => {
  expectTypeOf<Selected<Delays, "histogram">>().toEqualTypeOf<{ items: { histogram: number[] }[] }>();
  expectTypeOf<"histogram.length">().not.toExtend<FieldsOf<Delays>>();
});

test("a query's data is typed by its fields, and a name unknown to the API does not compile", () => {
  const client = clientOf("/api/v1");
  const query = client.one("/flights/{id}", { id: 1 }, ["id", "airline.name"]);
  type Data<Q extends { queryFn: (...context: never[]) => unknown }> = Awaited<ReturnType<Q["queryFn"]>>;

  expectTypeOf<Data<typeof query>>().toEqualTypeOf<{ id: number; airline: { name: string } }>();
  const whole = client.one("/airlines/{carrier}", { carrier: "UA" });
  expectTypeOf<Data<typeof whole>>().toEqualTypeOf<{ carrier: string; name: string }>();
  // @ts-expect-error flights have no gate
  client.one("/flights/{id}", { id: 1 }, ["gate"]);
  // @ts-expect-error nor does their airline have a fleet
  client.list("/flights", {}, ["airline.fleet"]);
  // @ts-expect-error nor can they be filtered by it
  client.list("/flights", { gate: 3 }, ["id"]);
  // @ts-expect-error nor is there one without its id
  client.one("/flights/{id}", {}, ["id"]);
  // @ts-expect-error a batch is no answer of its own
  client.one("/batch", {});
});

test("a selection has one canonical form", () => {
  expect(canonical(["id", "carrier", "id"])).toEqual(["carrier", "id"]);
  expect(canonical(["airline.name", "id", "airline"])).toEqual(["airline", "id"]);
});

test("an answer covers a question within its fields, nested ones too", () => {
  expect(covers(["id", "dest", "airline"], ["id", "airline.name"])).toBe(true);
  expect(covers(["id", "airline.name"], ["id", "airline"])).toBe(false);
  expect(covers(["id"], ["dest"])).toBe(false);
});

test("picked data equals an answer with only those fields", () => {
  const flight = { id: 1, dest: "LAX", plane: null, airline: { carrier: "UA", name: "United" } };

  expect(pick(flight, ["id", "plane.year", "airline.name"])).toEqual({
    id: 1,
    plane: null,
    airline: { name: "United" },
  });
});
