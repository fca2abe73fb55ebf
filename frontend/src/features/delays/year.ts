/** The days of 2013 as a calendar lays them out: weeks from Monday, the first of which begins on a Tuesday. */
import type { Filters } from "../../flights/filters/filters";

export interface Week {
  index: number;
  /** Of its Thursday (as ISO 8601 counts weeks), 0 to 11; the last week's is December. */
  month: number;
  /** Monday to Sunday; undefined where a day is of another year. */
  dates: readonly (string | undefined)[];
}

/** A first and a last day. */
export interface Range {
  from: string;
  to: string;
}

/** Days as filters say them: one, or a range. */
export type Days = Pick<Filters, "date"> | Pick<Filters, "from" | "to">;

const YEAR = 2013;
const WEEKS = 53;
const BEFORE_THE_FIRST = 1; // Monday is of 2012

const YEAR_OF_WEEKS: readonly Week[] = Array.from({ length: WEEKS }, (_, index) => {
  const dates = Array.from({ length: 7 }, (_, weekday) => dayOfYear(index * 7 + weekday - BEFORE_THE_FIRST));
  const thursday = dates[3] ?? `${YEAR}-12-31`;
  return { index, month: Number(thursday.slice(5, 7)) - 1, dates };
});

/** The weeks of the year in so many parts, as even as can be. */
export function blocksOf(parts: number): Week[][] {
  const length = Math.ceil(WEEKS / parts);
  return Array.from({ length: parts }, (_, part) => YEAR_OF_WEEKS.slice(part * length, (part + 1) * length));
}

/** The days that some filters leave, if they say. */
export function rangeOf({ date, from, to, month }: Filters): Range | undefined {
  if (date) return { from: date, to: date };
  if (!from && !to && !month) return undefined;
  return {
    from: latest(from ?? "", month ? `${month}-01` : ""),
    to: to && (!month || to < `${month}-31`) ? to : `${month ?? YEAR + 1}-31`,
  };
}

export function daysOf({ from, to }: Range): Days {
  return from === to ? { date: from } : { from, to };
}

function latest(one: string, other: string): string {
  return one > other ? one : other;
}

function dayOfYear(number: number): string | undefined {
  const day = new Date(Date.UTC(YEAR, 0, 1 + number));
  return day.getUTCFullYear() === YEAR ? day.toISOString().slice(0, 10) : undefined;
}
