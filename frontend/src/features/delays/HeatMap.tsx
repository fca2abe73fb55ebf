import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { memo, useEffect, useMemo, useRef } from "react";
import { Link } from "react-router";
import { useClient } from "../../api/client";
import { Failure } from "../../ui/Failure";
import { exploreHref, type Filters } from "../../ui/filters/filters";
import { flightsInWords, hourSpan, signed, WEEKDAYS } from "../../ui/format";
import { meanColour } from "../../ui/lateness";
import { oneStop } from "../../ui/oneStop";
import { PHONE, useMediaQuery } from "../../ui/useMediaQuery";
import { WhenNear } from "../../ui/WhenNear";
import { byWeekdayAndHourQuery, type Rates } from "./api";
import styles from "./HeatMap.module.css";
import { RatesTable } from "./RatesTable";
import { marksOf } from "./rates";

interface Cell extends Rates {
  weekday: number;
  hour: number;
}

/** In the other hours no flight left: the year has one planned for one in the morning, and it was cancelled. */
const HOURS = Array.from({ length: 19 }, (_, index) => index + 5);
const DAYS = [1, 2, 3, 4, 5, 6, 7];

/**
 * Hour by weekday. It is a table, and looks like one: the heat map and its alternative in figures are the same
 * thing, reachable cell by cell. On a phone the hours run down, for seven columns fit and nineteen do not.
 */
export function HeatMap({ filters }: { filters: Filters }) {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...byWeekdayAndHourQuery(useClient(), filters),
    placeholderData: keepPreviousData,
  });
  const phone = useMediaQuery(PHONE);
  const cells = useMemo(
    () => new Map<string, Cell>(data?.items.map((item) => [`${item.weekday}-${item.hour}`, item])),
    [data],
  );
  const marks = useMemo(
    () =>
      marksOf(data?.items ?? [], ({ weekday, hour }) => ({
        key: `${weekday}-${hour}`,
        name: `${WEEKDAYS[weekday - 1]} ${hourSpan(hour)}`,
        behind: { ...filters, weekday: String(weekday), hour: String(hour) },
      })),
    [data, filters],
  );
  if (error && !data) return <Failure error={error} heading="By hour and weekday" onRetry={refetch} />;
  const Grid = phone ? HoursDown : HoursAlong;
  return (
    <section
      className={styles.section}
      aria-labelledby="heat"
      aria-busy={!data}
      data-stale={isPlaceholderData}
    >
      <h2 id="heat">By hour and weekday</h2>
      <p className={styles.note}>
        Mean minutes after plan at arrival, by the hour in which the departure was planned.
      </p>
      <WhenNear height={phone ? 690 : 310}>
        <Grid cells={cells} filters={filters} />
        <p id="heat-keys" className="visually-hidden">
          Arrow keys go from cell to cell.
        </p>
      </WhenNear>
      <RatesTable caption="By hour and weekday" what="Hour" marks={marks} />
    </section>
  );
}

interface GridProps {
  cells: ReadonlyMap<string, Cell>;
  filters: Filters;
}

function HoursAlong({ cells, filters }: GridProps) {
  return (
    <table className={styles.grid} ref={useOneStop()} aria-describedby="heat-keys">
      <thead>
        <tr>
          <td />
          {HOURS.map((hour) => (
            <th key={hour} scope="col">
              {String(hour).padStart(2, "0")}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {DAYS.map((weekday) => (
          <tr key={weekday}>
            <th scope="row">{WEEKDAYS[weekday - 1]}</th>
            {HOURS.map((hour) => (
              <HeatCell key={hour} cell={cells.get(`${weekday}-${hour}`)} filters={filters} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HoursDown({ cells, filters }: GridProps) {
  return (
    <table className={styles.grid} ref={useOneStop()} aria-describedby="heat-keys">
      <thead>
        <tr>
          <td />
          {DAYS.map((weekday) => (
            <th key={weekday} scope="col" abbr={WEEKDAYS[weekday - 1]}>
              {WEEKDAYS[weekday - 1]?.slice(0, 2)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {HOURS.map((hour) => (
          <tr key={hour}>
            <th scope="row">{String(hour).padStart(2, "0")}</th>
            {DAYS.map((weekday) => (
              <HeatCell key={weekday} cell={cells.get(`${weekday}-${hour}`)} filters={filters} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useOneStop() {
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    const grid = table.current;
    if (!grid) return;
    return oneStop(grid, () =>
      [...(grid.tBodies[0]?.rows ?? [])].map((row) =>
        [...row.querySelectorAll("td")].map((cell) => cell.querySelector("a") ?? undefined),
      ),
    );
  });
  return table;
}

const HeatCell = memo(function HeatCell({ cell, filters }: { cell: Cell | undefined; filters: Filters }) {
  if (!cell) return <td className={styles.cell} />;
  const { weekday, hour, mean_delay, count } = cell;
  const words = `${WEEKDAYS[weekday - 1]} ${hourSpan(hour)}, ${flightsInWords(count)}`;
  const figure = mean_delay === null ? "–" : signed(Math.round(mean_delay));
  return (
    <td className={styles.cell}>
      <Link
        to={exploreHref({ ...filters, weekday: String(weekday), hour: String(hour) })}
        aria-label={`${figure} min: ${words}`}
        title={words}
        style={{ ["--cell" as string]: meanColour(mean_delay, "heat") }}
      >
        {figure}
      </Link>
    </td>
  );
});
