/** The planned and the actual flight on one clock, in minutes from the planned departure. */
import type { WholeFlight } from "./api";

export interface Stretch {
  start: number;
  end: number;
}

export interface Journey {
  planned: Stretch;
  /** Null if the flight never left; the end is null if no arrival was recorded. */
  actual: { start: number; end: number | null } | null;
}

type Times = Pick<
  WholeFlight,
  "sched_dep" | "sched_arr" | "dep_delay" | "arr_delay" | "origin_airport" | "dest_airport"
>;

/** The time zone of the four destinations that are missing in the data: Puerto Rico and the Virgin Islands. */
const ATLANTIC: Zone = { tz: -4, dst: "N" };

export function journeyOf(flight: Times): Journey {
  const { sched_dep, sched_arr, dep_delay, arr_delay, origin_airport, dest_airport } = flight;
  const length = utcMinutes(sched_arr, dest_airport ?? ATLANTIC) - utcMinutes(sched_dep, origin_airport);
  const planned = { start: 0, end: length };
  const actual =
    dep_delay === null ? null : { start: dep_delay, end: arr_delay === null ? null : length + arr_delay };
  return { planned, actual };
}

/** An airport's hours from UTC in winter, and whether its clocks go forward in summer ("A", as in America). */
interface Zone {
  tz: number | null;
  dst: string | null;
}

function utcMinutes(local: string, { tz, dst }: Zone): number {
  const hours = (tz ?? 0) + (dst === "A" && isSummer(local) ? 1 : 0);
  return minutesOf(local) - hours * 60;
}

function minutesOf(local: string): number {
  return Date.parse(`${local}Z`) / 60_000;
}

/** American clocks go forward on March's second Sunday and back on November's first, both at two in the morning. */
export function isSummer(local: string): boolean {
  const year = Number(local.slice(0, 4));
  return local >= twoOnSunday(year, 3, 2) && local < twoOnSunday(year, 11, 1);
}

function twoOnSunday(year: number, month: number, nth: number): string {
  const firstDay = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const date = 1 + ((7 - firstDay) % 7) + (nth - 1) * 7;
  return `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}T02:00:00`;
}
