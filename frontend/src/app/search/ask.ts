/**
 * What people type into the search, understood: "ua 1545", "jfk to boston", "friday evening laguardia", "4 july". Every
 * word has to be a part of some filter, or one of the small words between them. Needs no network: the words come with
 * the build.
 */

import { AIRLINES, AIRPORTS, ROUTES } from "../../flights/dictionary";
import { HOUR_NUMBERS, readChosen, writeChosen } from "../../flights/filters/chosen";
import type { FilterPatch, Status } from "../../flights/filters/filters";
import { ORIGINS } from "../../flights/filters/filters";
import { TIMES_OF_DAY } from "../../flights/filters/timesOfDay";
import { hourSpan, MONTHS, WEEKDAYS } from "../../ui/format";

export interface Find {
  /** In words: "JFK to LAX, Fridays". */
  name: string;
  /** The code of the one thing that it is, if it is one. */
  code: string;
  filter: FilterPatch;
  /** How many flights of the year it has; undefined where the dictionary does not know. */
  flights: number | undefined;
}

export interface Understood {
  finds: Find[];
  /** Whether the question is one that the charts answer: who is best, or when. */
  isComparison: boolean;
}

type Kind = "origin" | "dest" | "carrier" | "flight" | "tailnum" | "day" | "weekday" | "hour" | "status";

interface Entry {
  kind: Kind;
  filter: FilterPatch;
  code: string;
  /** As the sentence has it; places are put together as "JFK to LAX". */
  label: string;
  names: string[];
  flights: number;
}

const MOST = 8;
/** Words between the others, and those that ask for a comparison, which the charts answer. */
const BETWEEN = split(
  "a and at by do does flight flights fly flying for from go i in is are of on or should take the to was were what with leaving departing it my",
);
const COMPARING = split(
  "which who when whether airline airlines best better least worst late delay delays compare than time times",
);

/** Of these, the words for a question whether some times are better than others: the charts of all of them answer. */
const OF_TIMES = ["when", "whether", "better", "compare", "than"];

export function understand(query: string): Understood {
  const tokens = tokensOf(query);
  const isComparison = tokens.some((token) => COMPARING.includes(token));
  const isOfTimes = tokens.some((token) => OF_TIMES.includes(token));
  const found = new Map<string, Parse>();
  for (const { entries, cost } of parsesOf(tokens)) {
    const parse = { entries: isOfTimes ? withoutTimes(entries) : entries, cost };
    const key = JSON.stringify(parse.entries.map(({ filter }) => filter));
    const other = found.get(key);
    if (parse.entries.length > 0 && (!other || parse.cost < other.cost)) found.set(key, parse);
  }
  const finds = [...found.values()]
    .map((parse) => ({ find: findOf(parse.entries), cost: parse.cost }))
    .filter(({ find }) => find.flights !== 0)
    .sort((a, b) => a.cost - b.cost || (b.find.flights ?? 0) - (a.find.flights ?? 0));
  return { finds: finds.slice(0, MOST).map(({ find }) => find), isComparison };
}

function withoutTimes(entries: Entry[]): Entry[] {
  const others = entries.filter(({ kind }) => kind !== "hour" && kind !== "weekday");
  return others.length > 0 ? others : entries;
}

interface Parse {
  entries: Entry[];
  cost: number;
}

const LONGEST = 4;
const MOST_PARSES = 400;

/** Every way to read all of the tokens, each kind of filter at most once. */
function parsesOf(tokens: readonly string[]): Parse[] {
  const parses: Parse[] = [];
  const read = (at: number, entries: Entry[], cost: number) => {
    if (parses.length >= MOST_PARSES) return;
    if (at === tokens.length) return void parses.push({ entries, cost });
    const token = tokens[at] ?? "";
    for (let length = Math.min(LONGEST, tokens.length - at); length > 0; length -= 1) {
      const run = tokens.slice(at, at + length);
      if (length === 1 && tokens.length > 1 && isSmall(token)) continue;
      for (const { entry, cost: more } of entriesOf(run, at + length === tokens.length)) {
        if (entries.some(({ kind }) => kind === entry.kind)) continue;
        // "from Boston" and "to JFK" are no flights of New York's.
        if (entry.kind === "dest" && tokens[at - 1] === "from") continue;
        if (entry.kind === "origin" && tokens[at - 1] === "to") continue;
        read(at + length, [...entries, entry], cost + more);
      }
    }
    if (isSmall(token)) read(at + 1, entries, cost + 0.5);
  };
  read(0, [], 0);
  return parses;
}

/** Whether a word stands between the others: beside them it is no name, though "airline" is a part of many. */
function isSmall(token: string): boolean {
  return BETWEEN.includes(token) || COMPARING.includes(token);
}

const MOST_OF_A_RUN = 6;

/** What some tokens in a row may be, the likeliest first. The last of a query may be the beginning of a word. */
function entriesOf(run: readonly string[], isLast: boolean): { entry: Entry; cost: number }[] {
  const plainRun = run.join("");
  const entries = [
    ...patternsOf(run),
    ...ENTRIES.map((entry) => ({ entry, cost: costOf(entry, plainRun, isLast) })),
  ];
  return entries
    .filter(({ cost }) => cost < NO_MATCH)
    .sort((a, b) => a.cost - b.cost || b.entry.flights - a.entry.flights)
    .slice(0, MOST_OF_A_RUN);
}

const NO_MATCH = 9;
const SHORTEST_WITH_TYPO = 4;

/** A code, a whole name, its beginning, the same of a later word in it; with one wrong letter after all of these. */
function costOf({ code, names }: Entry, run: string, isLast: boolean): number {
  if (code.toLowerCase() === run) return 0;
  let least = NO_MATCH;
  for (const name of names) {
    const parts = plain(name);
    parts.forEach((_, index) => {
      const rest = parts.slice(index);
      const ends = rest.map((__, end) => rest.slice(0, end + 1).join(""));
      const later = index > 0 ? 1 : 0;
      if (ends.at(-1) === run) least = Math.min(least, later);
      else if (ends.includes(run)) least = Math.min(least, 1 + later);
      else if (isLast && ends.at(-1)?.startsWith(run)) least = Math.min(least, 2 + later);
      else if (run.length >= SHORTEST_WITH_TYPO && ends.some((end) => isOneLetterOff(end, run)))
        least = Math.min(least, 4 + later);
    });
  }
  return least;
}

/** Whether one letter was left out, put in, changed, or swapped with the next. */
export function isOneLetterOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (a.length > b.length) return restA.slice(1) === restB;
  if (a.length < b.length) return restB.slice(1) === restA;
  const isSwap = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return restA.slice(1) === restB.slice(1) || isSwap;
}

/** Numbers, dates and times, which no dictionary lists. */
function patternsOf(run: readonly string[]): { entry: Entry; cost: number }[] {
  const text = run.join(" ");
  const entries: Entry[] = [];
  const add = (kind: Kind, filter: FilterPatch, label: string) =>
    entries.push({ kind, filter, label, code: "", names: [], flights: 0 });
  if (/^[1-9]\d{0,3}$/.test(text)) add("flight", { flight: Number(text) }, `flight ${text}`);
  if (/^n[1-9]\d{0,4}[a-z]{0,2}$/.test(text))
    add("tailnum", { tailnum: text.toUpperCase() }, `aircraft ${text.toUpperCase()}`);
  const day = dayOf(run);
  if (day)
    add(
      "day",
      { date: day, month: undefined, from: undefined, to: undefined },
      `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]}`,
    );
  const hours = hoursOf(text);
  if (hours) add("hour", { hour: hours.text }, hourSpan(hours.first, hours.last));
  return entries.map((entry) => ({ entry, cost: 0 }));
}

/** "4 july", "july 4", "4 jul 2013", "2013-07-04" */
function dayOf(run: readonly string[]): string | undefined {
  const [first = "", second = "", year = "2013"] = run;
  if (run.length === 1) return isDay(first) ? first : undefined;
  if (run.length > 3 || year !== "2013") return undefined;
  const [number, name] = /^\d/.test(first) ? [first, second] : [second, first];
  const month = monthOf(name);
  const [, digits] = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(number) ?? [];
  if (month === 0 || digits === undefined) return undefined;
  const text = `2013-${String(month).padStart(2, "0")}-${digits.padStart(2, "0")}`;
  return isDay(text) ? text : undefined;
}

function monthOf(name: string): number {
  return name.length < 3 ? 0 : MONTHS.findIndex((month) => month.toLowerCase().startsWith(name)) + 1;
}

function isDay(text: string): boolean {
  if (!/^2013-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** "17:00", "5pm", "17-21", "17:00-21:59", "22-2" */
function hoursOf(text: string): { text: string; first: number; last: number } | undefined {
  const [first, last] = text.split("-").map(hourOf);
  if (first === undefined || !/[-:m]/.test(text) || (text.includes("-") && last === undefined))
    return undefined;
  const chosen = writeChosen(readChosen(`${first}-${last ?? first}`, HOUR_NUMBERS) ?? [], HOUR_NUMBERS);
  return chosen ? { text: chosen, first, last: last ?? first } : undefined;
}

function hourOf(text: string): number | undefined {
  const [, digits = "", half] = /^(\d{1,2})(?::\d\d)?(am|pm)?$/.exec(text) ?? [];
  const hour = half ? (Number(digits) % 12) + (half === "pm" ? 12 : 0) : Number(digits);
  return digits !== "" && hour <= HOUR_NUMBERS.most ? hour : undefined;
}

const STATUS_NAMES: readonly [Status, string, ...string[]][] = [
  ["cancelled", "cancelled", "canceled", "cancellations"],
  ["delayed", "late", "delayed"],
  ["diverted", "diverted", "diversions"],
  ["on_time", "on time", "punctual"],
];

const ENTRIES: Entry[] = [
  ...Object.entries(AIRPORTS).map(([faa, { name, also, flights }]): Entry => {
    const origin = ORIGINS.find((known) => known === faa);
    const names = [name, ...also].filter(Boolean);
    const place = { code: faa, label: faa, names, flights };
    return origin
      ? { ...place, kind: "origin", filter: { origin } }
      : { ...place, kind: "dest", filter: { dest: faa } };
  }),
  ...Object.entries(AIRLINES).map(
    ([carrier, { name, flights }]): Entry => ({
      ...{ kind: "carrier", code: carrier, label: name, names: [name], flights },
      filter: { carrier },
    }),
  ),
  ...WEEKDAYS.map((day, index): Entry => {
    const names = [day, `${day}s`, day.slice(0, 3)];
    return { ...plainEntry("weekday", `${day}s`, names), filter: { weekday: String(index + 1) } };
  }),
  { ...plainEntry("weekday", "Saturdays and Sundays", ["weekend", "weekends"]), filter: { weekday: "6-7" } },
  { ...plainEntry("weekday", "Mondays to Fridays", ["weekdays", "workdays"]), filter: { weekday: "1-5" } },
  ...TIMES_OF_DAY.map(({ name, first, last }): Entry => {
    const names = [name, `${name}s`];
    return { ...plainEntry("hour", hourSpan(first, last), names), filter: { hour: `${first}-${last}` } };
  }),
  ...MONTHS.map((name, index): Entry => {
    const month = `2013-${String(index + 1).padStart(2, "0")}`;
    const filter = { month, date: undefined, from: undefined, to: undefined };
    return { ...plainEntry("day", name, [name, name.slice(0, 3)]), filter };
  }),
  ...STATUS_NAMES.map(
    ([status, ...names]): Entry => ({ ...plainEntry("status", names[0], names), filter: { status } }),
  ),
];

function plainEntry(kind: Kind, label: string, names: string[]) {
  return { kind, label, names, code: "", flights: 0 };
}

const ORDER: readonly Kind[] = ["carrier", "flight", "tailnum", "weekday", "hour", "day", "status"];

function findOf(entries: readonly Entry[]): Find {
  const of = (kind: Kind) => entries.find((entry) => entry.kind === kind);
  const [origin, dest] = [of("origin"), of("dest")];
  const filter: FilterPatch = Object.assign({}, ...entries.map((entry) => entry.filter));
  const [only, second] = entries;
  if (only && !second) {
    const name = only.code ? (only.names[0] ?? only.label) : only.label;
    const city = origin || dest ? AIRPORTS[only.code]?.also[0] : undefined;
    const isNew = city && !plain(name).join("").includes(plain(city).join(""));
    return {
      name: isNew ? `${name}, ${city}` : name,
      code: only.code,
      filter,
      flights: only.flights || undefined,
    };
  }
  const route =
    origin && dest
      ? `${origin.label} to ${dest.label}`
      : origin
        ? `from ${origin.label}`
        : dest && `to ${dest.label}`;
  const number = of("flight");
  const named = of("carrier");
  const whole = named && number ? `${named.code} ${number.label.replace("flight ", "")}` : undefined;
  const others = ORDER.flatMap((kind) =>
    whole && (kind === "carrier" || kind === "flight") ? [] : (of(kind)?.label ?? []),
  );
  const isRoute = entries.length === 2 && origin && dest;
  return {
    name: [route, whole, ...others].filter(Boolean).join(", "),
    code: "",
    filter,
    flights: isRoute ? (ROUTES[`${origin.code}-${dest.code}`] ?? 0) : undefined,
  };
}

/** In small letters, "O'Hare" as one word; a flight number apart from its airline. */
function tokensOf(query: string): string[] {
  return query
    .toLowerCase()
    .replace(/['’.]/g, "")
    .replace(/(\d)\s*[–—]\s*(\d)/g, "$1-$2")
    .replace(/\b([a-z][a-z0-9]|[0-9][a-z])[ -]?(\d{1,4})\b/g, (all, code: string, number: string) =>
      code.toUpperCase() in AIRLINES ? `${code} ${number}` : all,
    )
    .split(/[^a-z0-9:-]+|(?<![0-9])-|-(?![0-9])/)
    .filter(Boolean);
}

function plain(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’.]/g, "")
      .match(/[a-z0-9]+/g) ?? []
  );
}

function split(text: string): readonly string[] {
  return text.split(" ");
}
