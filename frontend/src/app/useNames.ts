import { useMemo } from "react";
import { useAirlineNames } from "../features/airlines/useAirlines";
import { useAirportNames } from "../features/airports/useAirports";
import type { Names } from "../flights/filters/describe";

/** The names of the codes on a page. */
export function useNames(): Names {
  const airlines = useAirlineNames();
  const airports = useAirportNames();
  return useMemo(() => ({ airlines, airports }), [airlines, airports]);
}
