/**
 * A result as a link that needs no server to keep it, and as CSV. Whatever a link holds may come from a stranger,
 * so all of it is checked, and what is kept is built anew from what was checked.
 */
import type { Span, SpanName } from "roundtrip-client";
import { FEWEST_TO_COMPARE } from "./comparisons";
import { BOUNDS, expected, isWithin, type NumberSetting } from "./settings";
import {
  again,
  type Environment,
  type ExperimentInfo,
  MEASURES,
  type Result,
  type Samples,
  type SideResult,
  type Trip,
} from "./types";

/** The message is a sentence for the user who opened the link. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

/** Bytes of JSON. A result of 1,000 rounds has a fraction of it; a few kilobytes that inflate to more are no result. */
const LARGEST = 2_000_000;

/**
 * JSON, deflated, in base64url (RFC 4648, section 5). Of the two shapes of deflate it is the one with a checksum
 * (zlib, RFC 1950): a changed digit would otherwise be a result like any other.
 */
export async function toLink(result: Result): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(checked(result, "This result fits no link")));
  if (json.length > LARGEST) throw new LinkError("This result fits no link: it is too long.");
  return textOf(await bytesThrough(json, new CompressionStream("deflate")));
}

/** Throws LinkError, and no other error, for any text that toLink has not made. */
export async function fromLink(text: string): Promise<Result> {
  return checked(await jsonOf(text), "This result link is cut short or was changed");
}

/** The result, if it is of the experiment that is named. Throws LinkError. */
export function of(name: string, result: Result): Result {
  if (result.experiment !== name)
    throw new LinkError(`This result link is of another experiment: ${result.experiment}.`);
  return result;
}

/**
 * The result, with its sides called as the experiment calls them. Throws LinkError unless they are the experiment's, in
 * its order: not all of them, where one could not run. An A/A run has one of them twice, which is not the slow one.
 */
export function fitted(result: Result, info: ExperimentInfo): Result {
  const { settings, sides } = of(info.name, result);
  const places = sides.map(({ name }) => info.sides.findIndex((side) => side.name === name));
  const [first = -1, second = -1] = places;
  const fits = settings.aa
    ? places.length === 2 && first === second && first > 0
    : places.every((place, at) => place > (places[at - 1] ?? -1));
  if (!fits) {
    const names = sides.map(({ name }) => name).join(", ");
    throw new LinkError(`This result link does not fit this experiment: it compares ${names}.`);
  }
  const called = sides.map((side, at) => {
    const label = info.sides[places[at] ?? -1]?.label ?? side.label;
    return { ...side, label: settings.aa && at > 0 ? again(label) : label };
  });
  return { ...result, sides: called };
}

/** One row for each sample (RFC 4180); a missing measure is empty. */
export function toCsv({ sides }: Result): string {
  const rounds = Math.max(
    0,
    ...sides.flatMap(({ samples }) => Object.values(samples).map((each) => each.length)),
  );
  const rows: (string | number | null | undefined)[][] = [["round", "side", "label", ...MEASURES]];
  for (let round = 0; round < rounds; round++) {
    for (const { name, label, samples } of sides)
      rows.push([round + 1, name, label, ...MEASURES.map((measure) => samples[measure]?.[round])]);
  }
  return rows.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

function csvField(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function jsonOf(text: string): Promise<unknown> {
  try {
    const bytes = await bytesThrough(bytesOf(text), new DecompressionStream("deflate"));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof Misfit ? cause.message : "it cannot be unpacked";
    throw new LinkError(`This result link is cut short or was changed: ${why}.`, { cause });
  }
}

/** Stops at the first byte over the limit, because the inflated size is unknown beforehand. */
async function bytesThrough(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); next.value; next = await reader.read()) {
    length += next.value.length;
    if (length > LARGEST) {
      void reader.cancel().catch(() => {}); // nobody waits for what is thrown away
      throw new Misfit("it holds more than any result");
    }
    chunks.push(next.value);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

function textOf(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (text.length > LARGEST) throw new Misfit("it is longer than any result");
  const stranger = /[^A-Za-z0-9_-]/u.exec(text);
  if (stranger) throw new Misfit(`${JSON.stringify(stranger[0])} is no part of a link`);
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The fault of a value, and its place. */
class Misfit extends Error {}

/** The value as a T, built anew. Throws Misfit. */
type Check<T> = (value: unknown, at: string) => T;

function checked(value: unknown, trouble: string): Result {
  try {
    return aResult(value, "the result");
  } catch (cause) {
    if (cause instanceof Misfit) throw new LinkError(`${trouble}: ${cause.message}.`, { cause });
    throw cause;
  }
}

function fail(at: string, wanted: string): never {
  throw new Misfit(`${at} should be ${wanted}`);
}

function text(most: number, shape = /^/, wanted = `a text of up to ${most} characters`): Check<string> {
  return (value, at) =>
    typeof value === "string" && value.length <= most && shape.test(value) ? value : fail(at, wanted);
}

const amount: Check<number> = (value, at) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0
    ? value
    : fail(at, "a number of at least 0");

const flag: Check<boolean> = (value, at) => (typeof value === "boolean" ? value : fail(at, "true or false"));

function oneOf<T extends string | number>(...values: readonly T[]): Check<T> {
  return (value, at) => values.find((each) => each === value) ?? fail(at, `one of ${values.join(", ")}`);
}

function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? null : check(value, at));
}

function optional<T>(check: Check<T>): Check<T> {
  return (value, at) => (value === undefined ? (value as T) : check(value, at));
}

function list<T>(least: number, most: number, check: Check<T>): Check<T[]> {
  const wanted = least === 0 ? `a list of up to ${most}` : `a list of ${least} to ${most}`;
  return (value, at) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return fail(at, wanted);
    return value.map((each, i) => check(each, `${at}, number ${i + 1}`));
  };
}

function object<T extends object>(checks: { [K in keyof T]-?: Check<T[K]> }): Check<T> {
  return (value, at) => {
    const said = record(value, at);
    const entries = Object.entries<Check<unknown>>(checks).map(([name, check]) => [
      name,
      check(said[name], name),
    ]);
    return Object.fromEntries(entries.filter(([, kept]) => kept !== undefined)) as T;
  };
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(at, "an object");
  return value as Record<string, unknown>;
}

/** Neither begins with a sign that a spreadsheet would take the rest of a CSV field for a formula after. */
const name = text(80, /^[A-Za-z0-9][\w .()-]*$/, "a name of up to 80 characters");
const label = text(200, /^(?![=+\-@\t\r\n])/, "a label of up to 200 characters");
const words = text(200);

const ROUNDS = BOUNDS.rounds.most;

const samples: Check<Samples> = (value, at) => {
  const said = record(value, at);
  const kept: Samples = { wall: list(FEWEST_TO_COMPARE, ROUNDS, amount)(said.wall, "wall") };
  for (const measure of MEASURES) {
    if (said[measure] !== undefined)
      kept[measure] ??= list(0, ROUNDS, orNull(amount))(said[measure], measure);
  }
  return kept;
};

/** A record, so that the compiler tells when a name of a span is missing here. */
const SPAN_NAMES: Record<SpanName, true> = {
  "batch window": true,
  "waiting for another": true,
  queued: true,
  dns: true,
  connect: true,
  tls: true,
  request: true,
  network: true,
  server: true,
  cache: true,
  db: true,
  serialize: true,
  compress: true,
  "app (other)": true,
  download: true,
  "main thread": true,
  decode: true,
  render: true,
  unaccounted: true,
};

const span = object<Span>({
  name: oneOf(...(Object.keys(SPAN_NAMES) as SpanName[])),
  start: amount,
  end: amount,
  detail: optional(text(1000)),
});

const side = object<SideResult>({
  name,
  label,
  samples,
  median: list(
    0,
    200,
    object<Trip>({
      url: text(4000),
      start: amount,
      end: amount,
      spans: list(0, 100, span),
      cached: optional(flag),
    }),
  ),
});

function setting(name: NumberSetting): Check<number> {
  const bound = BOUNDS[name];
  return (value, at) =>
    typeof value === "number" && isWithin(value, bound) ? value : fail(at, expected(bound));
}

const wellFormed = object<Result>({
  version: oneOf(1),
  experiment: name,
  settings: object({
    seconds: setting("seconds"),
    precision: setting("precision"),
    rounds: setting("rounds"),
    warmup: setting("warmup"),
    aa: flag,
    seed: setting("seed"),
  }),
  environment: object<Environment>({
    network: words,
    protocol: optional(words),
    rtt: orNull(amount),
    mbit: orNull(amount),
    measuredRtt: amount,
    browser: text(500),
    clock: amount,
    isolated: flag,
    machine: object({ cpu: words, cores: amount, system: words, python: words, sqlite: words }),
    at: text(40),
  }),
  sides: list(2, 8, side),
  took: optional(amount),
  ended: oneOf("precise", "time", "least", "rounds", "stopped", "broken"),
});

const aResult: Check<Result> = (value, at) => {
  const result = wellFormed(value, at);
  const lengths = result.sides.flatMap((each) => Object.values(each.samples).map((values) => values.length));
  if (new Set(lengths).size > 1) return fail("every measure", "of the same rounds");
  return result;
};
