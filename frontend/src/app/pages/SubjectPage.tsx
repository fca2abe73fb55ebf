import { useCallback, useMemo } from "react";
import { Link, useLocation } from "react-router";
import { useRendered } from "../../api/useRendered";
import { Aircraft } from "../../features/delays/Aircraft";
import { Calendar } from "../../features/delays/Calendar";
import { CarrierDelays, RouteDelays } from "../../features/delays/DelayCharts";
import { HeatMap } from "../../features/delays/HeatMap";
import { Legend } from "../../features/delays/Legend";
import { OtherFlights } from "../../features/delays/OtherFlights";
import { Summary } from "../../features/delays/Summary";
import { useFlightsTotal } from "../../features/delays/useFlightsTotal";
import type { Days } from "../../features/delays/year";
import { NAMES } from "../../flights/dictionary";
import type { Names } from "../../flights/filters/describe";
import { exploreHref } from "../../flights/filters/filters";
import { PageHead } from "../../ui/PageHead";
import { type Subject, subjectAt } from "../subjects";
import { NotFoundPage } from "./NotFoundPage";
import styles from "./SubjectPage.module.css";

// Comes with the page's code, so that it asks before the page is drawn: one batch.
export { askForSubject } from "../askForSubject";

/** Of one route. */
const FEW_AIRLINES = 6;
/** New York has three airports, and a number seldom more routes. */
const FEW_ROUTES = 3;

/** The page of an airline, an airport, a route or a flight number: its year, and what else one could take. */
export default function SubjectPage() {
  const { pathname } = useLocation();
  const subject = useMemo(() => subjectAt(pathname), [pathname]);
  return subject ? <Page subject={subject} /> : <NotFoundPage />;
}

function Page({ subject }: { subject: Subject }) {
  const { filters, carriers, routes } = subject;
  const total = useFlightsTotal(filters);
  const { title, lede } = wordsOf(subject, NAMES);
  const hrefOf = useCallback((days: Days) => exploreHref({ ...filters, ...days }), [filters]);
  useRendered(total);
  if (total === 0) {
    return (
      <PageHead key="none" title={`No flights of ${title}`} documentTitle={`No flights of ${title}`}>
        No flight of 2013 is recorded there. All flights are on <Link to="/">Explore</Link>.
      </PageHead>
    );
  }
  return (
    <>
      <PageHead key="some" title={title}>
        <span className={styles.lede}>{lede}</span>
      </PageHead>
      <Summary filters={filters} also={{ to: exploreHref(filters), words: "as a list" }} />
      <div className={styles.scale}>
        <Legend measure="mean" />
      </div>
      <div className={styles.charts}>
        <div className={styles.wide}>
          <Calendar filters={filters} hrefOf={hrefOf} />
        </div>
        {carriers && (
          <CarrierDelays
            filters={carriers}
            names={NAMES}
            measure="mean"
            heading={subject.kind === "airlines" ? "Against the other airlines" : "Which airline"}
            own={filters.carrier}
            lines={filters.dest && filters.origin ? FEW_AIRLINES : undefined}
          />
        )}
        {routes && (
          <RouteDelays
            filters={routes}
            names={NAMES}
            measure="mean"
            heading={subject.kind === "routes" ? "From each airport of New York" : "Its routes"}
            lines={routes.dest || routes.flight ? FEW_ROUTES : undefined}
            own={subject.kind === "routes" ? `${filters.origin}-${filters.dest}` : undefined}
          />
        )}
        <div className={styles.wide}>
          <HeatMap filters={filters} />
        </div>
        {subject.hasAircraft && (
          <div className={styles.wide}>
            <Aircraft filters={filters} />
          </div>
        )}
        {subject.kind === "numbers" && (
          <div className={styles.wide}>
            <OtherFlights filters={filters} names={NAMES} />
          </div>
        )}
      </div>
    </>
  );
}

function wordsOf({ kind, filters }: Subject, { airlines, airports }: Names): { title: string; lede: string } {
  const { carrier = "", origin = "", dest = "", flight } = filters;
  const airline = airlines.get(carrier) ?? carrier;
  const place = airports.get(dest || origin) ?? (dest || origin);
  const at = (faa: string) => `${airports.get(faa) ?? faa} (${faa})`;
  if (kind === "airlines")
    return { title: airline, lede: `All flights of ${airline} (${carrier}) from New York in 2013.` };
  if (kind === "airports") {
    const lede = origin
      ? `All flights from ${at(origin)} in 2013.`
      : `All flights from New York to ${at(dest)} in 2013.`;
    return { title: place, lede };
  }
  if (kind === "routes")
    return { title: `${origin} to ${dest}`, lede: `All flights from ${at(origin)} to ${at(dest)} in 2013.` };
  return {
    title: `${carrier} ${flight}`,
    lede: `All flights of ${airline} under the number ${flight} in 2013.`,
  };
}
