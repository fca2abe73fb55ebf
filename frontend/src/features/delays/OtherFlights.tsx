import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/useClient";
import type { Names } from "../../flights/filters/describe";
import { type Filters, ORIGINS } from "../../flights/filters/filters";
import { WhenNear } from "../../ui/WhenNear";
import { byRouteQuery } from "./api";
import { CarrierDelays, HourDelays } from "./DelayCharts";
import styles from "./OtherFlights.module.css";

interface Props {
  filters: Filters;
  names: Names;
}

/**
 * What else flies where most of these flights went: the airlines and the hours of that route. It is known only from the
 * first answer, so this is a batch of its own, when it comes near the screen.
 */
export function OtherFlights({ filters, names }: Props) {
  const { data } = useQuery(byRouteQuery(useClient(), filters));
  const route = useMemo(() => {
    const [most] = [...(data?.items ?? [])].sort((a, b) => b.count - a.count);
    const origin = ORIGINS.find((known) => known === most?.origin);
    return most && origin && { origin, dest: most.dest };
  }, [data]);
  const shown = route && { filters: route, names, measure: "mean" as const };
  const where = route && `${route.origin} – ${route.dest}`;
  return (
    <WhenNear height={400}>
      {shown && (
        <div className={styles.beside}>
          <HourDelays {...shown} heading={`${where}: which hour`} />
          <CarrierDelays {...shown} heading={`${where}: which airline`} own={filters.carrier} />
        </div>
      )}
    </WhenNear>
  );
}
