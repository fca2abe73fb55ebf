import { useClient } from "../../api/useClient";
import { useRendered } from "../../api/useRendered";
import { LATEST } from "../../flights/DelayMark";
import { Empty } from "../../flights/filters/Empty";
import type { FilterPatch, Filters } from "../../flights/filters/filters";
import { Failure } from "../../ui/Failure";
import { Pending } from "../../ui/Pending";
import { PHONE, useMediaQuery } from "../../ui/useMediaQuery";
import { FlightList } from "./FlightList";
import { FlightTable } from "./FlightTable";
import { useFlights } from "./useFlights";

interface Props {
  filters: Filters;
  /** The number of all flights; undefined until it is known. */
  total: number | undefined;
  airlines: ReadonlyMap<string, string>;
  airports: ReadonlyMap<string, string>;
  onChange: (patch: FilterPatch) => void;
  onClear: () => void;
}

/** The flights that match the filters: a table, or on a phone a list. */
export function Flights({ filters, total, airlines, airports, onChange, onClear }: Props) {
  const { timings } = useClient();
  const phone = useMediaQuery(PHONE);
  const { flights, error, retry, isStale, ...more } = useFlights(filters);
  useRendered(isStale ? undefined : flights);

  if (!flights && error)
    return <Failure error={error} heading="The flights could not be loaded" onRetry={retry} />;
  if (!flights) return <Pending what="The flights take" />;
  if (flights.length === 0)
    return <Empty what="No flights match" action="Clear the filters" onAction={onClear} />;

  const loadMore = () => {
    if (!more.hasMore || more.isLoadingMore || more.moreFailed || isStale) return;
    timings.begin("more flights");
    more.loadMore();
  };
  const View = phone ? FlightList : FlightTable;
  // Among the worst no mark is as long as the next: the scale goes to the first of them.
  const worst = filters.sort === "-delay" ? (flights[0]?.arr_delay ?? 0) : 0;
  return (
    <View
      flights={flights}
      total={total}
      sort={filters.sort ?? "departure"}
      latest={Math.max(LATEST, worst)}
      airlines={airlines}
      airports={airports}
      isStale={isStale}
      onSort={(sort) => onChange({ sort: sort === "departure" ? undefined : sort })}
      onNearEnd={loadMore}
      end={{ ...more, onRetry: () => more.loadMore() }}
    />
  );
}
