import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { memo, useEffect, useMemo, useRef } from "react";
import { Link } from "react-router";
import { useClient } from "../../api/useClient";
import type { Filters, Measure } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { colourBetween } from "../../flights/lateness";
import { Failure } from "../../ui/Failure";
import { hourSpan, NOTHING, WEEKDAYS } from "../../ui/format";
import { FEW } from "../../ui/intervals";
import { oneStop } from "../../ui/oneStop";
import { PHONE, useMediaQuery } from "../../ui/useMediaQuery";
import { WhenNear } from "../../ui/WhenNear";
import { byWeekdayAndHourQuery } from "./api";
import styles from "./HeatMap.module.css";
import { isFew, roundFigure, rulesOf } from "./measures";
import { RatesTable } from "./RatesTable";
import { type Mark, marksOf } from "./rates";

/** No flight left in the other hours: the only one planned, at one in the morning, was cancelled. */
const HOURS = Array.from({ length: 19 }, (_, index) => index + 5);
const DAYS = [1, 2, 3, 4, 5, 6, 7];

/**
 * A heat map of hour by weekday. It is an HTML table, so the map is also its own alternative in figures, reachable cell
 * by cell. On a phone the hours run down, because seven columns fit and nineteen do not.
 */
export function HeatMap({ filters, measure = "mean" }: { filters: Filters; measure?: Measure }) {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...byWeekdayAndHourQuery(useClient(), filters, measure),
    placeholderData: keepPreviousData,
  });
  const phone = useMediaQuery(PHONE);
  const marks = useMemo(
    () =>
      marksOf(
        data?.items ?? [],
        measure,
        ({ weekday, hour }) => ({
          key: `${weekday}-${hour}`,
          name: `${WEEKDAYS[weekday - 1]} ${hourSpan(hour)}`,
          behind: { ...filters, weekday: String(weekday), hour: String(hour) },
        }),
        filters,
      ),
    [data, filters, measure],
  );
  const cells = useMemo(() => new Map(marks.map((mark) => [mark.key, mark])), [marks]);
  const hasFew = marks.some(({ rates }) => isFew(rates));
  const { axis } = rulesOf(measure);
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
        <span key={measure}>
          {measure === "mean" ? "Mean minutes after plan" : capital(axis)} at arrival, by the hour in which
          the departure was planned.
        </span>
        {hasFew && <span key="few"> A cell of fewer than {FEW} flights is small.</span>}
      </p>
      <WhenNear height={phone ? 690 : 310}>
        <Grid cells={cells} />
        <p id="heat-keys" className="visually-hidden">
          Arrow keys go from cell to cell.
        </p>
      </WhenNear>
      <RatesTable caption="By hour and weekday" what="Hour" measure={measure} marks={marks} />
    </section>
  );
}

interface GridProps {
  cells: ReadonlyMap<string, Mark>;
}

function HoursAlong({ cells }: GridProps) {
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
              <HeatCell key={hour} mark={cells.get(`${weekday}-${hour}`)} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HoursDown({ cells }: GridProps) {
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
              <HeatCell key={weekday} mark={cells.get(`${weekday}-${hour}`)} />
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

const HeatCell = memo(function HeatCell({ mark }: { mark: Mark | undefined }) {
  if (!mark) return <td className={styles.cell} />;
  const { name, href, measure, value, rates } = mark;
  const rules = rulesOf(measure);
  const words = `${name}, ${flightsInWords(rates.count)}`;
  const shown = value === null ? NOTHING : roundFigure(value, rules);
  return (
    <td className={styles.cell} data-few={isFew(rates)}>
      <Link
        to={href}
        aria-label={`${rules.unit === "min" ? `${shown} min` : shown}: ${words}`}
        title={words}
        style={{ ["--cell" as string]: colourBetween(value, rules.steps, "heat") }}
      >
        {shown}
      </Link>
    </td>
  );
});

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
