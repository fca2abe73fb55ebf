import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { servedAirportsQuery } from "./api";

/** The served airports' names by their codes; empty until they have come. */
export function useAirportNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(servedAirportsQuery());
  return useMemo(() => new Map(data?.items.map(({ faa, name }) => [faa, name])), [data]);
}
