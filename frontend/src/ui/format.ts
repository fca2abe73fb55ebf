/**
 * Figures and times in the form of a timetable. Local times arrive without an offset ("2013-01-01T05:15:00") and are
 * read as text: no Date in the reader's own time zone is made of them.
 */
export const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export const NOTHING = "–";

/** "336,776", without Intl.NumberFormat: to make one takes longer than to draw the first screen. */
export function whole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function perCent(share: number | null): string {
  return share === null ? NOTHING : `${(share * 100).toFixed(1)}%`;
}

/** "+47", "−3" with a true minus sign, "0". */
export function signed(minutes: number): string {
  if (minutes === 0) return "0";
  return minutes > 0 ? `+${whole(minutes)}` : `−${whole(-minutes)}`;
}

/** "+47", "+21 h 12", "−3": minutes after plan, to be read down a column. */
export function signedLong(minutes: number): string {
  const length = Math.abs(minutes);
  if (length < 60) return signed(minutes);
  const hours = `${Math.floor(length / 60)} h ${String(length % 60).padStart(2, "0")}`;
  return minutes > 0 ? `+${hours}` : `−${hours}`;
}

/** A mean of minutes, with its sign and one decimal. */
export function signedMean(minutes: number | null): string {
  if (minutes === null) return NOTHING;
  const rounded = Math.abs(minutes).toFixed(1);
  if (rounded === "0.0") return rounded;
  return minutes > 0 ? `+${rounded}` : `−${rounded}`;
}

/** "5 h 07 min" */
export function duration(minutes: number): string {
  const rest = minutes % 60;
  const hours = (minutes - rest) / 60;
  return hours === 0 ? `${rest} min` : `${hours} h ${String(rest).padStart(2, "0")} min`;
}

/** "05:15" of "2013-01-01T05:15:00" */
export function clock(local: string): string {
  return local.slice(11, 16);
}

/** "2013-01-01" of "2013-01-01T05:15:00" */
export function dateOf(local: string): string {
  return local.slice(0, 10);
}

/** "Tue 1 Jan" of "2013-01-01", or of a local time on it */
export function shortDate(local: string): string {
  const { day, month, weekday } = calendar(local);
  return `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)}`;
}

/** "Tuesday 1 January 2013" */
export function longDate(local: string): string {
  const { day, month, weekday, year } = calendar(local);
  return `${weekday} ${day} ${month} ${year}`;
}

/** "January" of "2013-01" */
export function monthName(month: string): string {
  return MONTHS[Number(month.slice(5, 7)) - 1] ?? month;
}

/** The number of calendar days between two local dates: 1 if an arrival is on the next day. */
export function daysBetween(earlier: string, later: string): number {
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}

/** "+1 day" for a time on the next day; "" for the same day. */
export function dayOffset(planned: string, local: string): string {
  const days = daysBetween(planned, local);
  if (days === 0) return "";
  return `${signed(days)} ${Math.abs(days) === 1 ? "day" : "days"}`;
}

/** "17:00–17:59" of 17, "22:00–02:59" of 22 to 2 */
export function hourSpan(first: number, last = first): string {
  return `${twoDigits(first)}:00–${twoDigits(last)}:59`;
}

/** "07" of 7 */
export function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function calendar(local: string) {
  const [year = "", month = "", day = ""] = dateOf(local).split("-");
  const weekday = (new Date(midnight(local)).getUTCDay() + 6) % 7;
  return {
    year,
    month: MONTHS[Number(month) - 1] ?? month,
    day: Number(day),
    weekday: WEEKDAYS[weekday] ?? "",
  };
}

function midnight(local: string): number {
  return Date.parse(`${dateOf(local)}T00:00:00Z`);
}
