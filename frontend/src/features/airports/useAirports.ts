import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/useClient";
import { servedAirportsQuery } from "./api";

/** The cities of the four destinations that are missing in the data's list of airports, by FAA code. */
const UNLISTED = [
  ["BQN", "Aguadilla"],
  ["PSE", "Ponce"],
  ["SJU", "San Juan"],
  ["STT", "St. Thomas"],
] as const;

/** The served airports' names by their codes; empty until they are loaded. */
export function useAirportNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(servedAirportsQuery(useClient()));
  return useMemo(
    () => new Map(data && [...data.items.map(({ faa, name }) => [faa, name] as const), ...UNLISTED]),
    [data],
  );
}
