import { hourSpan, monthName, shortDate, WEEKDAYS } from "../../ui/format";
import { type Circle, HOUR_NUMBERS, type Range, rangesOf, readChosen, WEEKDAY_NUMBERS } from "./chosen";
import type { Filters, Parameter } from "./filters";

/** The names of the codes that have been loaded. */
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
  hour: (hours) => `leaving ${hoursInWords(hours)}`,
  weekday: (weekdays) => `on ${weekdaysInWords(weekdays)}`,
  month: (month) => `in ${monthName(month)}`,
  sort: (sort) => `by ${sort}`,
  measure: (measure) => `shown by ${measure}`,
};

/** One filter in words: "to LAX Los Angeles Intl". */
export function describeFilter(parameter: Parameter, filters: Filters, names: Names): string {
  const words = WORDS[parameter] as (value: unknown, names: Names) => string;
  return words(filters[parameter], names);
}

/** Those that read otherwise within the sentence "JFK to LAX, Fridays, 17:00–21:59, United". */
const IN_A_SENTENCE: { [P in Parameter]?: (value: NonNullable<Filters[P]>, names: Names) => string } = {
  origin: (faa) => faa,
  dest: (faa) => faa,
  carrier: (carrier, names) => names.airlines.get(carrier) ?? carrier,
  weekday: weekdaysInWords,
  hour: hoursInWords,
};

/** One filter as a part of the sentence that all of them make. Each is part of what `describeFilter` says of it. */
export function phraseOf(parameter: Parameter, filters: Filters, names: Names): string {
  const words = IN_A_SENTENCE[parameter] as ((value: unknown, names: Names) => string) | undefined;
  return words?.(filters[parameter], names) ?? describeFilter(parameter, filters, names);
}

/** "17:00–21:59", "06:00–06:59 and 22:00–02:59" */
export function hoursInWords(hours: string): string {
  return listed(ranges(hours, HOUR_NUMBERS).map(([first, last]) => hourSpan(first, last)));
}

/** "Fridays", "Mondays to Fridays", "Mondays, Saturdays and Sundays" */
export function weekdaysInWords(weekdays: string): string {
  const words = ranges(weekdays, WEEKDAY_NUMBERS).flatMap(([first, last]) => {
    const [from, to] = [`${WEEKDAYS[first - 1]}s`, `${WEEKDAYS[last - 1]}s`];
    if (first === last) return from;
    return (last - first + 7) % 7 === 1 ? [from, to] : `${from} to ${to}`;
  });
  return listed(words);
}

function ranges(text: string, circle: Circle): Range[] {
  return rangesOf(readChosen(text, circle) ?? [], circle);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function named(code: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(code);
  return name ? `${code} ${name}` : code;
}
