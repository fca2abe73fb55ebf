import type { Sort } from "../../flights/filters/filters";
import type { FlightRow } from "./api";

/** The props that the table and the phone's list share. */
export interface FlightsViewProps {
  flights: readonly FlightRow[];
  total: number | undefined;
  sort: Sort;
  /** The latest minute that the marks of delays show. */
  latest: number;
  airlines: ReadonlyMap<string, string>;
  airports: ReadonlyMap<string, string>;
  /** True while the flights of the former filters are shown and the new ones load. */
  isStale: boolean;
  onSort: (sort: Sort) => void;
  /** Called when the last loaded flights become visible. */
  onNearEnd: () => void;
  end: { hasMore: boolean; moreFailed: boolean; onRetry: () => void };
}
