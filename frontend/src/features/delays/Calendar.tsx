import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type PointerEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useNavigate } from "react-router";
import { useClient } from "../../api/useClient";
import type { Filters, Measure } from "../../flights/filters/filters";
import { colourBetween } from "../../flights/lateness";
import { Failure } from "../../ui/Failure";
import { longDate, MONTHS, shortDate, WEEKDAYS } from "../../ui/format";
import { oneStop } from "../../ui/oneStop";
import { NARROW, PHONE, useMediaQuery } from "../../ui/useMediaQuery";
import { byDateQuery } from "./api";
import styles from "./Calendar.module.css";
import { Finding } from "./Finding";
import { isFew, rulesOf } from "./measures";
import { RatesTable } from "./RatesTable";
import { extremes, type Mark, marksOf, valueInWords } from "./rates";
import { blocksOf, type Days, daysOf, type Range, rangeOf, type Week } from "./year";

interface Props {
  /** Which flights; the calendar is of the whole year, whatever days these are of. */
  filters: Filters;
  measure?: Measure;
  /** Where a day or a range of days leads. */
  hrefOf: (days: Days) => string;
}

/** The year as a strip of days, week by week: a click chooses a day, a drag or Shift with the arrow keys a range. */
export function Calendar({ filters, measure = "mean", hrefOf }: Props) {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...byDateQuery(useClient(), filters, measure),
    placeholderData: keepPreviousData,
  });
  const phone = useMediaQuery(PHONE);
  const narrow = useMediaQuery(NARROW);
  const grid = useRef<HTMLDivElement>(null);
  const marks = useMemo(
    () =>
      data &&
      marksOf(data.items, measure, ({ date }) => ({
        key: date,
        name: longDate(date),
        behind: { date },
      })).map((mark) => ({ ...mark, href: hrefOf({ date: mark.key }) })),
    [data, measure, hrefOf],
  );
  const days = useMemo(() => new Map(marks?.map((mark) => [mark.key, mark])), [marks]);
  const found = useMemo(() => extremes(marks ?? []), [marks]);
  const { range, ...choosing } = useChoice(hrefOf);
  const chosen = range ?? rangeOf(filters);
  useEffect(() => {
    const place = grid.current;
    if (!place) return;
    return oneStop(place, () =>
      [...place.querySelectorAll("tbody tr")].map((row) =>
        [...row.querySelectorAll("td")].map((cell) => cell.querySelector("a") ?? undefined),
      ),
    );
  });
  if (error && !data) return <Failure error={error} heading="By day" onRetry={refetch} />;
  return (
    <section
      className={styles.section}
      aria-labelledby="by-day"
      aria-busy={!data}
      data-stale={isPlaceholderData}
    >
      <h2 id="by-day">By day</h2>
      <div className={styles.finding}>{marks && <Finding marks={marks} measure={measure} asLinks />}</div>
      <div className={styles.year} ref={grid} {...choosing}>
        {blocksOf(phone ? 4 : narrow ? 2 : 1).map((weeks) => (
          <Block
            key={weeks[0]?.index}
            weeks={weeks}
            days={days}
            chosen={chosen}
            best={found?.best.key}
            worst={found?.worst.key}
          />
        ))}
      </div>
      <p className={styles.note}>
        A click chooses a day, a drag several; so do the arrow keys, with Shift for several, and Enter.
      </p>
      <RatesTable caption="By day" what="Day" measure={measure} marks={marks ?? []} />
    </section>
  );
}

interface BlockProps {
  weeks: readonly Week[];
  days: ReadonlyMap<string, Mark>;
  chosen: Range | undefined;
  best: string | undefined;
  worst: string | undefined;
}

/** Some weeks side by side, Monday on top. */
function Block({ weeks, days, chosen, best, worst }: BlockProps) {
  return (
    <table className={styles.weeks}>
      <caption className="visually-hidden">
        {MONTHS[weeks[0]?.month ?? 0]} to {MONTHS[weeks.at(-1)?.month ?? 0]}
      </caption>
      <thead>
        <tr>
          <td />
          {monthsOf(weeks).map(({ month, length }) =>
            length > 1 ? (
              <th key={month} scope="colgroup" colSpan={length} abbr={MONTHS[month]}>
                {MONTHS[month]?.slice(0, 3)}
              </th>
            ) : (
              <td key={month} /> // too narrow for a name
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {WEEKDAYS.map((weekday, row) => (
          <tr key={weekday}>
            <th scope="row" abbr={weekday}>
              {weekday.slice(0, 2)}
            </th>
            {weeks.map(({ index, dates }) => {
              const date = dates[row];
              if (date === undefined) return <td key={index} />;
              return (
                <Day
                  key={index}
                  date={date}
                  mark={days.get(date)}
                  isChosen={chosen !== undefined && chosen.from <= date && date <= chosen.to}
                  extreme={date === best ? "best" : date === worst ? "worst" : undefined}
                />
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DayProps {
  date: string;
  mark: Mark | undefined;
  isChosen: boolean;
  extreme: "best" | "worst" | undefined;
}

const Day = memo(function Day({ date, mark, isChosen, extreme }: DayProps) {
  if (!mark) return <td className={styles.day} data-chosen={isChosen} />;
  const rules = rulesOf(mark.measure);
  const words = valueInWords(mark);
  return (
    <td
      className={styles.day}
      data-chosen={isChosen}
      data-few={isFew(mark.rates)}
      data-none={mark.value === null}
    >
      {/* biome-ignore lint/a11y/useAnchorContent: a day is a colour, and says in its label which */}
      <a
        href={mark.href}
        data-date={date}
        data-extreme={extreme}
        draggable={false}
        aria-label={`${mark.name}: ${words}`}
        aria-current={isChosen ? "true" : undefined}
        title={`${shortDate(date)}: ${words}`}
        style={{ ["--day" as string]: colourBetween(mark.value, rules.steps) }}
      />
    </td>
  );
});

/** The runs of weeks of one month. */
function monthsOf(weeks: readonly Week[]): { month: number; length: number }[] {
  const runs: { month: number; length: number }[] = [];
  for (const { month } of weeks) {
    const last = runs.at(-1);
    if (last?.month === month) last.length += 1;
    else runs.push({ month, length: 1 });
  }
  return runs;
}

/** A range that is being chosen, by dragging or by Shift with the arrow keys. */
function useChoice(hrefOf: (days: Days) => string) {
  const navigate = useNavigate();
  const { timings } = useClient();
  const [ends, setEnds] = useState<readonly [begun: string, now: string]>();
  const isDragging = useRef(false);
  const wasDragged = useRef(false);
  const range: Range | undefined = ends && { from: [...ends].sort()[0] ?? "", to: [...ends].sort()[1] ?? "" };
  const go = () => {
    if (!range) return;
    timings.begin(`days ${range.from} to ${range.to}`);
    setEnds(undefined);
    navigate(hrefOf(daysOf(range)));
  };
  const stop = () => {
    wasDragged.current = isDragging.current && ends !== undefined && ends[0] !== ends[1];
    isDragging.current = false;
    if (wasDragged.current) go();
    else setEnds(undefined);
  };
  return {
    range: ends && ends[0] !== ends[1] ? range : undefined,
    onPointerDown: (event: PointerEvent) => {
      const date = dateAt(event.target);
      wasDragged.current = false;
      if (!date || event.button !== 0 || event.pointerType === "touch") return;
      isDragging.current = true;
      setEnds([date, date]);
    },
    onPointerOver: (event: PointerEvent) => {
      const date = dateAt(event.target);
      if (!isDragging.current) return;
      if ((event.buttons & 1) === 0) {
        isDragging.current = false; // let go outside
        setEnds(undefined);
      } else if (date && ends) setEnds([ends[0], date]);
    },
    onPointerUp: stop,
    /** The end of a drag within one day's cell is a click, too; one over several days is none. */
    onClickCapture: (event: MouseEvent) => {
      if (!wasDragged.current) return;
      wasDragged.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
    onKeyDown: (event: KeyboardEvent) => {
      const date = dateAt(event.target);
      if (!date) return;
      if (event.key === "Enter" && ends) {
        event.preventDefault();
        go();
      } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
        const now = dateAt(document.activeElement); // where the key has led by now
        setEnds(event.shiftKey && now ? [ends?.[0] ?? date, now] : undefined);
      } else if (event.key === "Escape") {
        setEnds(undefined);
      }
    },
  };
}

function dateAt(target: EventTarget | null): string | undefined {
  return target instanceof HTMLElement ? target.dataset.date : undefined;
}
