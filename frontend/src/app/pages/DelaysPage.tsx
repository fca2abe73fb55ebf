import { useCallback } from "react";
import { useRendered } from "../../api/useRendered";
import { Calendar } from "../../features/delays/Calendar";
import {
  CarrierDelays,
  HourDelays,
  MonthDelays,
  RouteDelays,
  WeekdayDelays,
} from "../../features/delays/DelayCharts";
import { HeatMap } from "../../features/delays/HeatMap";
import { Legend } from "../../features/delays/Legend";
import { MeasureChoice } from "../../features/delays/MeasureChoice";
import { NarrowedByMarks } from "../../features/delays/Narrowed";
import { narrowHref } from "../../features/delays/rates";
import { SlowNote } from "../../features/delays/SlowNote";
import { Summary } from "../../features/delays/Summary";
import { useFlightsTotal } from "../../features/delays/useFlightsTotal";
import { Verdict } from "../../features/delays/Verdict";
import type { Days } from "../../features/delays/year";
import { FilterBar } from "../../flights/filters/FilterBar";
import { FilterProblems } from "../../flights/filters/FilterProblems";
import { exploreHref, OF_DELAYS, withoutDays } from "../../flights/filters/filters";
import { PageHead } from "../../ui/PageHead";
import { useFilters } from "../useFilters";
import { useNames } from "../useNames";
import styles from "./DelaysPage.module.css";

export default function DelaysPage() {
  const { filters, problems, change, clear } = useFilters(OF_DELAYS);
  const names = useNames();
  const { measure = "mean" } = filters;
  const shown = { filters, names, measure };
  const hrefOf = useCallback(
    (days: Days) => narrowHref(filters, { ...withoutDays(filters), ...days }),
    [filters],
  );
  useRendered(useFlightsTotal(filters));
  return (
    <>
      <PageHead title="Delays">
        Delays by airline, time and route. Press a mark to see its flights alone; press it again for their
        list.
      </PageHead>
      <FilterProblems problems={problems} />
      <FilterBar filters={filters} names={names} onChange={change} onClear={clear} />
      <Verdict {...shown} />
      <Summary filters={filters} also={{ to: exploreHref(filters), words: "as a list" }} />
      <MeasureChoice
        measure={measure}
        onChange={(measure) => change({ measure: measure === "mean" ? undefined : measure })}
      />
      <div className={styles.scale}>
        <Legend measure={measure} />
        <SlowNote filters={filters} />
      </div>
      <NarrowedByMarks filters={filters}>
        <div className={styles.charts}>
          <div className={styles.wide}>
            <Calendar filters={filters} measure={measure} hrefOf={hrefOf} />
          </div>
          <CarrierDelays {...shown} />
          <RouteDelays {...shown} />
          <div className={styles.wide}>
            <HeatMap filters={filters} measure={measure} />
          </div>
          <div className={styles.wide}>
            <HourDelays {...shown} />
          </div>
          <WeekdayDelays {...shown} />
          <MonthDelays {...shown} />
        </div>
      </NarrowedByMarks>
    </>
  );
}
