import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/useClient";
import { airlinesQuery } from "./api";

/** The airlines' names by their codes; empty until they are loaded. */
export function useAirlineNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(airlinesQuery(useClient()));
  return useMemo(() => new Map(data?.items.map(({ carrier, name }) => [carrier, name])), [data]);
}
