import { useCallback, useMemo } from "react";
import { useLocation, useNavigate } from "react-router";
import { type FilterPatch, type Parameter, readFilters, writeFilters } from "../ui/filters/filters";
import { client } from "./client";

/** The filters of the address, and the way to change them. Each change is a step that the back button undoes. */
export function useFilters(parameters?: readonly Parameter[]) {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const { filters, problems } = useMemo(
    () => readFilters(new URLSearchParams(search), parameters),
    [search, parameters],
  );
  const go = useCallback(
    (next: FilterPatch) => {
      const query = writeFilters(next);
      navigate(query ? `${pathname}?${query}` : pathname, { preventScrollReset: true });
    },
    [navigate, pathname],
  );
  const change = useCallback(
    (patch: FilterPatch) => {
      client.timings.begin(changeName(patch));
      go({ ...filters, ...patch });
    },
    [filters, go],
  );
  const clear = useCallback(() => {
    client.timings.begin("clear the filters");
    go(filters.sort ? { sort: filters.sort } : {});
  }, [filters.sort, go]);
  return { filters, problems, change, clear };
}

/** "filter carrier = UA", "filter carrier = any", "sort by -delay" */
function changeName(patch: FilterPatch): string {
  if ("sort" in patch) return `sort by ${patch.sort ?? "departure"}`;
  const changes = Object.entries(patch).map(([parameter, value]) => `${parameter} = ${value ?? "any"}`);
  return `filter ${changes.join(", ")}`;
}
