import { hourSpan, monthName, shortDate, WEEKDAYS } from "../format";
import type { Filters, Parameter } from "./filters";

/** What the codes stand for, as far as it has been loaded. */
export interface Names {
  airlines: ReadonlyMap<string, string>;
  airports: ReadonlyMap<string, string>;
}

export const STATUS_WORDS = {
  on_time: "on time",
  delayed: "late",
  cancelled: "cancelled",
  diverted: "diverted",
} as const;

const WORDS: { [P in Parameter]-?: (value: NonNullable<Filters[P]>, names: Names) => string } = {
  origin: (faa) => `from ${faa}`,
  dest: (faa, names) => `to ${named(faa, names.airports)}`,
  carrier: (carrier, names) => named(carrier, names.airlines),
  flight: (flight) => `flight ${flight}`,
  tailnum: (tailnum) => `aircraft ${tailnum}`,
  date: (date) => `on ${shortDate(date)}`,
  from: (date) => `since ${shortDate(date)}`,
  to: (date) => `until ${shortDate(date)}`,
  status: (status) => STATUS_WORDS[status],
  min_delay: (minutes) => `at least ${minutes} min late`,
  hour: (hour) => `leaving ${hourSpan(hour)}`,
  weekday: (weekday) => `on ${WEEKDAYS[weekday - 1]}s`,
  month: (month) => `in ${monthName(month)}`,
  sort: (sort) => `by ${sort}`,
};

/** One filter in words: "to LAX Los Angeles Intl". */
export function describeFilter(parameter: Parameter, filters: Filters, names: Names): string {
  const words = WORDS[parameter] as (value: unknown, names: Names) => string;
  return words(filters[parameter], names);
}

function named(code: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(code);
  return name ? `${code} ${name}` : code;
}
