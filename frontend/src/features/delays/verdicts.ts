/** The hours of a report as times of day. */
import type { Measure } from "../../flights/filters/filters";
import { TIMES_OF_DAY } from "../../flights/filters/timesOfDay";
import { hourSpan } from "../../ui/format";
import type { Rates } from "./api";

/** A median of medians is none: these measures are told of hours. */
const OF_HOURS: readonly Measure[] = ["median", "p90"];

/** Several lines of a report as one: its counts, and the mean and the variance of all of their arrivals. */
export function together(lines: readonly Rates[]): Rates {
  const sum = (value: (line: Rates) => number) => lines.reduce((total, line) => total + value(line), 0);
  const arrived = ({ on_time, delayed }: Rates) => on_time + delayed;
  const mean = ({ mean_delay }: Rates) => mean_delay ?? 0;
  const [count, on_time, n] = [sum((line) => line.count), sum((line) => line.on_time), sum(arrived)];
  const mean_delay = n > 0 ? sum((line) => mean(line) * arrived(line)) / n : null;
  const squares = sum(
    (line) => (line.var_delay ?? 0) * (arrived(line) - 1) + arrived(line) * mean(line) ** 2,
  );
  return {
    ...{ count, on_time, delayed: sum((line) => line.delayed), cancelled: sum((line) => line.cancelled) },
    on_time_share: count > 0 ? on_time / count : null,
    mean_delay,
    var_delay: n > 1 ? (squares - n * (mean_delay ?? 0) ** 2) / (n - 1) : null,
  };
}

/** The hours as times of day; as hours, where they lie in one time of day alone or the measure cannot be added up. */
export function timesOf(
  lines: readonly (Rates & { hour: number })[],
  measure: Measure,
): { what: string; lines: readonly (Rates & { name: string })[] } {
  const times = TIMES_OF_DAY.flatMap(({ name, first, last }) => {
    const isWithin = (hour: number) =>
      first <= last ? first <= hour && hour <= last : hour >= first || hour <= last;
    const within = lines.filter(({ hour }) => isWithin(hour));
    return within.length > 0 ? { ...together(within), name: `${name}, ${hourSpan(first, last)}` } : [];
  });
  if (times.length > 1 && !OF_HOURS.includes(measure)) return { what: "Time of day", lines: times };
  return { what: "Hour", lines: lines.map((line) => ({ ...line, name: hourSpan(line.hour) })) };
}
