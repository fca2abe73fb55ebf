import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/useClient";
import { isOne } from "../../flights/filters/chosen";
import type { Names } from "../../flights/filters/describe";
import { type Filters, type Measure, ORIGINS } from "../../flights/filters/filters";
import { Failure } from "../../ui/Failure";
import { hourSpan, MONTHS, monthName, twoDigits, WEEKDAYS } from "../../ui/format";
import { byCarrierQuery, byHourQuery, byMonthQuery, byRouteQuery, byWeekdayQuery, type Rates } from "./api";
import { ChartSection } from "./ChartSection";
import { byValue, type Mark, marksOf } from "./rates";

interface Props {
  filters: Filters;
  names: Names;
  measure: Measure;
  /** In place of the usual one. */
  heading?: string;
  /** The key of the mark that the page is about. */
  own?: string | undefined;
  /** How many lines there will be: their room is kept. */
  lines?: number | undefined;
}

/** The chart shows the busiest routes; the table has all routes. */
const ROUTES_DRAWN = 16;
const AIRLINES = 16;
const LINE = 24;
const FOOT = 48;
const HOURS = Array.from({ length: 19 }, (_, index) => twoDigits(index + 5));
const DAYS = WEEKDAYS.map((day) => day.slice(0, 3));
const MONTHS_SHORT = MONTHS.map((month) => month.slice(0, 3));

export function CarrierDelays({
  filters,
  names,
  measure,
  heading = "By airline",
  own,
  lines = AIRLINES,
}: Props) {
  const { items, ...state } = useReport(byCarrierQuery(useClient(), filters, measure));
  const marks = useMemo(
    () =>
      items &&
      marksOf(
        items,
        measure,
        ({ carrier }) => ({
          key: carrier,
          name: names.airlines.get(carrier) ?? carrier,
          behind: { ...filters, carrier },
        }),
        filters,
      ).sort(byValue),
    [items, filters, names, measure],
  );
  return (
    <Chart
      heading={heading}
      own={own}
      what="Airline"
      direction="down"
      marks={marks}
      lines={lines}
      isOne={filters.carrier !== undefined}
      measure={measure}
      {...state}
    />
  );
}

export function RouteDelays({
  filters,
  names,
  measure,
  heading: usual = "By route",
  own,
  lines = ROUTES_DRAWN,
}: Props) {
  const { items, ...state } = useReport(byRouteQuery(useClient(), filters, measure));
  const marks = useMemo(
    () =>
      items &&
      marksOf(
        items,
        measure,
        ({ origin, dest }) => ({
          key: `${origin}-${dest}`,
          name: `${origin} – ${dest} ${names.airports.get(dest) ?? ""}`.trim(),
          behind: { ...filters, origin: ORIGINS.find((known) => known === origin), dest },
        }),
        filters,
      ).sort((a, b) => b.rates.count - a.rates.count),
    [items, filters, names, measure],
  );
  const drawn = useMemo(() => marks?.slice(0, ROUTES_DRAWN).sort(byValue), [marks]);
  const heading = marks && marks.length > ROUTES_DRAWN ? `${usual}, the ${ROUTES_DRAWN} busiest` : usual;
  return (
    <Chart
      heading={heading}
      own={own}
      what="Route"
      direction="down"
      marks={marks}
      drawn={drawn}
      lines={lines}
      isOne={filters.dest !== undefined && filters.origin !== undefined}
      measure={measure}
      {...state}
    />
  );
}

export function HourDelays({ filters, measure, heading = "By hour of departure" }: Props) {
  const { items, ...state } = useReport(byHourQuery(useClient(), filters, measure));
  const marks = useMemo(
    () =>
      items &&
      marksOf(
        items,
        measure,
        ({ hour }) => ({
          key: twoDigits(hour),
          name: hourSpan(hour),
          behind: { ...filters, hour: String(hour) },
        }),
        filters,
      ),
    [items, filters, measure],
  );
  const domain = useMemo(
    () => [...new Set([...HOURS, ...(marks ?? []).map(({ key }) => key)])].sort(),
    [marks],
  );
  return (
    <Chart
      heading={heading}
      what="Hour"
      isOne={isOne(filters.hour)}
      direction="along"
      marks={marks}
      domain={domain}
      measure={measure}
      {...state}
    />
  );
}

export function WeekdayDelays({ filters, measure }: Props) {
  const { items, ...state } = useReport(byWeekdayQuery(useClient(), filters, measure));
  const marks = useMemo(
    () =>
      items &&
      marksOf(
        items,
        measure,
        ({ weekday }) => {
          const name = WEEKDAYS[weekday - 1] ?? "";
          return { key: name.slice(0, 3), name, behind: { ...filters, weekday: String(weekday) } };
        },
        filters,
      ),
    [items, filters, measure],
  );
  return (
    <Chart
      heading="By weekday"
      what="Weekday"
      isOne={isOne(filters.weekday)}
      direction="along"
      marks={marks}
      domain={DAYS}
      measure={measure}
      {...state}
    />
  );
}

export function MonthDelays({ filters, measure }: Props) {
  const { items, ...state } = useReport(byMonthQuery(useClient(), filters, measure));
  const marks = useMemo(
    () =>
      items &&
      marksOf(
        items,
        measure,
        ({ month }) => {
          const name = monthName(month);
          return { key: name.slice(0, 3), name, behind: { ...filters, month } };
        },
        filters,
      ),
    [items, filters, measure],
  );
  return (
    <Chart
      heading="By month"
      what="Month"
      isOne={filters.month !== undefined || filters.date !== undefined}
      direction="along"
      marks={marks}
      domain={MONTHS_SHORT}
      measure={measure}
      {...state}
    />
  );
}

interface ChartProps {
  heading: string;
  what: string;
  measure: Measure;
  own?: string | undefined;
  direction: "down" | "along";
  marks: readonly Mark[] | undefined;
  drawn?: readonly Mark[] | undefined;
  domain?: readonly string[];
  /** The largest number of lines, for which room is reserved. */
  lines?: number;
  /** That the filters leave one at most: no room is kept for a chart. */
  isOne?: boolean;
  isStale: boolean;
  error: Error | null;
  retry: () => void;
}

function Chart({ error, retry, lines = 0, isOne: alone = false, ...chart }: ChartProps) {
  if (error && !chart.marks) return <Failure error={error} heading={chart.heading} onRetry={retry} />;
  if (chart.direction === "along") return <ChartSection height={240} room={alone ? 0 : 240} {...chart} />;
  const drawn = (chart.drawn ?? chart.marks)?.length ?? lines;
  return <ChartSection height={FOOT + drawn * LINE} room={alone ? 0 : FOOT + lines * LINE} {...chart} />;
}

/** A report's lines; the last lines stay on the screen while those of other filters load. */
function useReport<T extends Rates>(query: Parameters<typeof useQuery<{ items: T[] }>>[0]) {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...query,
    placeholderData: keepPreviousData,
  });
  return { items: data?.items, error, isStale: isPlaceholderData, retry: refetch };
}
