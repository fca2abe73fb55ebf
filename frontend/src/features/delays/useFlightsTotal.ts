import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/useClient";
import type { Filters } from "../../flights/filters/filters";
import { summaryQuery } from "./api";

/** The number of flights that match the filters; undefined until it is known. */
export function useFlightsTotal(filters: Filters): number | undefined {
  return useQuery(summaryQuery(useClient(), filters)).data?.items[0]?.count;
}
