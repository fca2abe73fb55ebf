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

const NEW_YORK = "America/New_York";
/** What a flight spends on the ground at both ends together, and how fast it goes, where it is not recorded. */
const TAXIING = 30;
const MILES_A_MINUTE = 7.5;

export function journeyOf(flight: Times): Journey {
  const { dep_delay, arr_delay, dest_airport } = flight;
  const zone = dest_airport?.tzone;
  const length = zone ? lengthBetween(flight, zone) : guessedLength(flight);
  const planned = { start: 0, end: length };
  const actual =
    dep_delay === null ? null : { start: dep_delay, end: arr_delay === null ? null : length + arr_delay };
  return { planned, actual, zoneIsGuessed: !zone };
}

function lengthBetween({ sched_dep, sched_arr, origin_airport }: Times, zone: string): number {
  return instantOf(sched_arr, zone) - instantOf(sched_dep, origin_airport.tzone ?? NEW_YORK);
}

/** The difference of the two clocks is off by whole hours: those that bring it nearest to a likely length. */
function guessedLength({ sched_dep, sched_arr, air_time, distance }: Times): number {
  const byTheClocks = utcMinutes(sched_arr) - utcMinutes(sched_dep);
  const likely = (air_time ?? distance / MILES_A_MINUTE) + TAXIING;
  return byTheClocks + Math.round((likely - byTheClocks) / 60) * 60;
}

/** Minutes since the epoch of a local time somewhere. */
export function instantOf(local: string, zone: string): number {
  const asIfUtc = utcMinutes(local);
  // The offset an hour's change away can be another; asking a second time at the first answer settles it.
  const first = asIfUtc - offsetAt(asIfUtc, zone);
  return asIfUtc - offsetAt(first, zone);
}

function utcMinutes(local: string): number {
  return Date.parse(`${local}Z`) / 60_000;
}

/** How many minutes a zone is ahead of UTC at an instant. */
function offsetAt(minutes: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(minutes * 60_000);
  const { year, month, day, hour, minute } = Object.fromEntries(
    parts.map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute) / 60_000 - minutes;
}
