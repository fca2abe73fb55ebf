import type { Sort } from "../../ui/filters/filters";
import type { FlightRow } from "./api";

/** What the table and the phone's list are both given. */
export interface FlightsViewProps {
  flights: readonly FlightRow[];
  total: number | undefined;
  sort: Sort;
  /** The latest minute that the marks of delays show. */
  latest: number;
  airlines: ReadonlyMap<string, string>;
  airports: ReadonlyMap<string, string>;
  /** The flights of the last filters are shown while those of the new ones load. */
  isStale: boolean;
  onSort: (sort: Sort) => void;
  /** The last of the loaded flights are coming into sight. */
  onNearEnd: () => void;
  end: { hasMore: boolean; moreFailed: boolean; onRetry: () => void };
}
