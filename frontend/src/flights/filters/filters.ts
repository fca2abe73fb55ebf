import { type Circle, HOUR_NUMBERS, readChosen, WEEKDAY_NUMBERS, writeChosen } from "./chosen";

/** The filters of flights in a page's address. */
export interface Filters {
  origin?: Origin;
  dest?: string;
  carrier?: string;
  flight?: number;
  tailnum?: string;
  date?: string;
  from?: string;
  to?: string;
  status?: Status;
  min_delay?: number;
  /** Hours of the planned departure, as `writeChosen` writes them: "17-21", "22-2". */
  hour?: string;
  /** Weekdays in the same way; 1 is Monday. */
  weekday?: string;
  month?: string;
  sort?: Sort;
  measure?: Measure;
}

export const ORIGINS = ["EWR", "JFK", "LGA"] as const;
export const STATUSES = ["on_time", "delayed", "cancelled", "diverted"] as const;
export const SORTS = ["departure", "-departure", "delay", "-delay", "distance", "-distance"] as const;
/** The measures that a report of delays can show; the mean by default. */
export const MEASURES = ["mean", "median", "p90", "on_time", "cancelled"] as const;
export const FIRST_DAY = "2013-01-01";
export const LAST_DAY = "2013-12-31";

export type Origin = (typeof ORIGINS)[number];
export type Status = (typeof STATUSES)[number];
export type Sort = (typeof SORTS)[number];
export type Measure = (typeof MEASURES)[number];
export type Parameter = keyof Filters;
/** A change to the filters: undefined removes one. */
export type FilterPatch = { [P in Parameter]?: Filters[P] | undefined };

/** An ignored part of the address, and the reason in words. */
export interface FilterProblem {
  parameter: string;
  text: string;
  why: string;
}

interface Rule {
  /** The value; "" if the text chooses everything; undefined if it cannot be read. */
  read: (text: string) => string | number | undefined;
  expected: string;
}

const code = (pattern: RegExp) => (text: string) => {
  const upper = text.toUpperCase();
  return pattern.test(upper) ? upper : undefined;
};
const oneOf = (allowed: readonly string[]) => (text: string) => (allowed.includes(text) ? text : undefined);
const integer = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  return /^-?\d{1,5}$/.test(text) && value >= least && value <= most ? value : undefined;
};
const chosen = (circle: Circle) => (text: string) => {
  const numbers = readChosen(text, circle);
  return numbers && writeChosen(numbers, circle);
};
const day = (text: string) => (isDay(text) ? text : undefined);
const DAY_EXPECTED = "a day of 2013, as 2013-07-04";

const RULES: { [P in Parameter]-?: Rule } = {
  origin: {
    read: (text) => oneOf(ORIGINS)(text.toUpperCase()),
    expected: "one of New York's airports: EWR, JFK or LGA",
  },
  dest: { read: code(/^[A-Z0-9]{3}$/), expected: "an airport's three letters, as LAX" },
  carrier: { read: code(/^[A-Z0-9]{2}$/), expected: "an airline's two letters, as UA" },
  flight: { read: integer(1, 9999), expected: "a flight number from 1 to 9999" },
  tailnum: { read: code(/^[A-Z0-9]{1,6}$/), expected: "a tail number, as N14228" },
  date: { read: day, expected: DAY_EXPECTED },
  from: { read: day, expected: DAY_EXPECTED },
  to: { read: day, expected: DAY_EXPECTED },
  status: { read: oneOf(STATUSES), expected: `one of ${STATUSES.join(", ")}` },
  min_delay: { read: integer(-1440, 1440), expected: "a number of minutes from -1440 to 1440" },
  hour: { read: chosen(HOUR_NUMBERS), expected: "hours from 0 to 23, as 17, 6,7, 17-21 or 22-2" },
  weekday: { read: chosen(WEEKDAY_NUMBERS), expected: "weekdays from 1 (Monday) to 7, as 5, 6,7 or 1-5" },
  month: {
    read: (text) => (/^2013-(0[1-9]|1[0-2])$/.test(text) ? text : undefined),
    expected: "a month of 2013, as 2013-07",
  },
  sort: { read: oneOf(SORTS), expected: `one of ${SORTS.join(", ")}` },
  measure: { read: oneOf(MEASURES), expected: `one of ${MEASURES.join(", ")}` },
};

const PARAMETERS = Object.keys(RULES) as Parameter[];
/** The filters that select flights, without those of the display. */
export const NARROWING = PARAMETERS.filter((parameter) => !["sort", "measure"].includes(parameter));
/** The parameters of a list of flights. */
export const OF_FLIGHTS = [...NARROWING, "sort"] as const satisfies readonly Parameter[];
/** The parameters of the page of delays: a report has no order. */
export const OF_DELAYS = [...NARROWING, "measure"] as const satisfies readonly Parameter[];

/**
 * Reads an address. A filter that cannot be read is ignored and reported. A parameter of other programs (`utm_source`,
 * `fbclid`) is ignored without a report.
 */
export function readFilters(
  search: URLSearchParams,
  parameters: readonly Parameter[] = OF_FLIGHTS,
): { filters: Filters; problems: FilterProblem[] } {
  const filters: Record<string, string | number> = {};
  const problems: FilterProblem[] = [];
  for (const parameter of parameters) {
    const [text, again] = search.getAll(parameter).flatMap((each) => each.trim() || []);
    if (text === undefined) continue;
    const { read, expected } = RULES[parameter];
    const value = read(text);
    if (value === undefined) problems.push({ parameter, text, why: shouldBe(expected) });
    else if (value !== "") filters[parameter] = value;
    if (again !== undefined)
      problems.push({ parameter, text: again, why: `only the first ${parameter} counts` });
  }
  return settleDays(filters as Filters, problems);
}

/** The query string of some filters, in a fixed order, without a leading "?". */
export function writeFilters(filters: FilterPatch): string {
  const search = new URLSearchParams();
  for (const parameter of PARAMETERS) {
    const value = filters[parameter];
    if (value !== undefined && value !== "") search.set(parameter, String(value));
  }
  return search.toString();
}

/** The address of the flights that match some filters. */
export function exploreHref({ measure: _, ...filters }: FilterPatch): string {
  const search = writeFilters(filters);
  return search ? `/?${search}` : "/";
}

/** The address of the charts of the same flights; charts have no order. */
export function delaysHref({ sort: _, ...filters }: FilterPatch): string {
  const search = writeFilters(filters);
  return search ? `/delays?${search}` : "/delays";
}

/** The same flights on every day of the year. */
export function withoutDays({
  date: _date,
  from: _from,
  to: _to,
  month: _month,
  ...filters
}: Filters): Filters {
  return filters;
}

/** Either a range with two ends, as the form sets it, or one day; the API refuses both together. */
function settleDays(
  filters: Filters,
  problems: FilterProblem[],
): { filters: Filters; problems: FilterProblem[] } {
  const { date, from, to, ...rest } = filters;
  if (date !== undefined) {
    if (from === undefined && to === undefined) return { filters, problems };
    problems.push({ parameter: "date", text: date, why: shouldBe("a day alone, without from and to") });
  }
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  if (from !== undefined && to !== undefined && from > to) {
    problems.push({ parameter: "to", text: to, why: shouldBe(`a day not before ${from}`) });
    return { filters: { ...rest, from }, problems };
  }
  return { filters: { ...rest, ...range }, problems };
}

function shouldBe(expected: string): string {
  return `it should be ${expected}`;
}

function isDay(text: string): boolean {
  if (!/^2013-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
