/** What was planned and what happened, on one clock: minutes from the planned departure. */
import type { WholeFlight } from "./api";

export interface Stretch {
  start: number;
  end: number;
}

export interface Journey {
  planned: Stretch;
  /** Null when the flight never left; its end is null when no arrival was recorded. */
  actual: { start: number; end: number | null } | null;
  /** The destination's time zone is not in the data, and was taken to be the one that fits the time in the air. */
  zoneIsGuessed: boolean;
}

type Times = Pick<
  WholeFlight,
  | "sched_dep"
  | "sched_arr"
  | "dep_delay"
  | "arr_delay"
  | "air_time"
  | "distance"
  | "origin_airport"
  | "dest_airport"
>;

/** What a flight spends on the ground at both ends together, and how fast it goes, where it is not recorded. */
const TAXIING = 30;
const MILES_A_MINUTE = 7.5;

export function journeyOf(flight: Times): Journey {
  const { dep_delay, arr_delay, dest_airport } = flight;
  const length = dest_airport ? lengthBetween(flight, dest_airport) : guessedLength(flight);
  const planned = { start: 0, end: length };
  const actual =
    dep_delay === null ? null : { start: dep_delay, end: arr_delay === null ? null : length + arr_delay };
  return { planned, actual, zoneIsGuessed: !dest_airport };
}

function lengthBetween({ sched_dep, sched_arr, origin_airport }: Times, dest_airport: Zone): number {
  return utcMinutes(sched_arr, dest_airport) - utcMinutes(sched_dep, origin_airport);
}

/** The difference of the two clocks is off by whole hours: those that bring it nearest to a likely length. */
function guessedLength({ sched_dep, sched_arr, air_time, distance }: Times): number {
  const byTheClocks = minutesOf(sched_arr) - minutesOf(sched_dep);
  const likely = (air_time ?? distance / MILES_A_MINUTE) + TAXIING;
  return byTheClocks + Math.round((likely - byTheClocks) / 60) * 60;
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
