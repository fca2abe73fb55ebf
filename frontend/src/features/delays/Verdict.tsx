import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/useClient";
import { isOne } from "../../flights/filters/chosen";
import type { Names } from "../../flights/filters/describe";
import type { Filters, Measure } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { NOTHING, WEEKDAYS } from "../../ui/format";
import { byCarrierQuery, byHourQuery, byWeekdayQuery, type Rates } from "./api";
import { figureInWords, rulesOf } from "./measures";
import { extremes, marksOf, valueInWords } from "./rates";
import styles from "./Verdict.module.css";
import { timesOf } from "./verdicts";

interface Props {
  filters: Filters;
  names: Names;
  measure: Measure;
}

/** The answer ahead of the charts: which airline, time of day and weekday was best. A failure is told by the charts. */
export function Verdict({ filters, names, measure }: Props) {
  const client = useClient();
  const placeholderData = keepPreviousData;
  const carriers = useQuery({ ...byCarrierQuery(client, filters, measure), placeholderData });
  const hours = useQuery({ ...byHourQuery(client, filters, measure), placeholderData });
  const weekdays = useQuery({ ...byWeekdayQuery(client, filters, measure), placeholderData });
  const times = hours.data && timesOf(hours.data.items, measure);
  const isStale = carriers.isPlaceholderData || hours.isPlaceholderData || weekdays.isPlaceholderData;
  const asked = {
    airline: filters.carrier === undefined,
    time: !isOne(filters.hour),
    weekday: !isOne(filters.weekday) && filters.date === undefined,
  };
  if (!asked.airline && !asked.time && !asked.weekday) return null;
  return (
    <section aria-label="Verdict">
      <dl className={styles.verdict} data-stale={isStale}>
        {asked.airline && (
          <Fact
            key="airline"
            what="Airline"
            measure={measure}
            lines={carriers.data?.items.map((line) => ({
              ...line,
              name: names.airlines.get(line.carrier) ?? line.carrier,
            }))}
          />
        )}
        {asked.time && (
          <Fact key="time" what={times?.what ?? "Time of day"} measure={measure} lines={times?.lines} />
        )}
        {asked.weekday && (
          <Fact
            key="weekday"
            what="Weekday"
            measure={measure}
            lines={weekdays.data?.items.map((line) => ({
              ...line,
              name: WEEKDAYS[line.weekday - 1] ?? NOTHING,
            }))}
          />
        )}
      </dl>
    </section>
  );
}

interface FactProps {
  what: string;
  measure: Measure;
  /** Undefined while they are on the way. */
  lines: readonly (Rates & { name: string })[] | undefined;
}

function Fact({ what, measure, lines }: FactProps) {
  const marks = lines && marksOf(lines, measure, ({ name }) => ({ key: name, name, behind: {} }));
  const found = marks && extremes(marks);
  const only = marks?.length === 1 ? marks[0] : undefined;
  const best = found?.best ?? only;
  const rules = rulesOf(measure);
  const [least, most] = rules.superlatives;
  const answer = best?.name ?? (marks?.length === 0 ? "No flights" : "Too few flights to rank");
  return (
    <div className={styles.fact}>
      <dt>{only ? `${what}, the only one` : `${what}, ${least.toLowerCase()}`}</dt>
      <dd className={styles.answer} title={best?.name}>
        {marks ? answer : NOTHING}
      </dd>
      <dd className={styles.note}>{best && valueInWords(best)}</dd>
      <dd className={styles.note}>
        {found &&
          `${capital(most)}: ${found.worst.name}, ${figureInWords(found.worst.value, rules)}, ${flightsInWords(found.worst.rates.count)}`}
      </dd>
    </div>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
