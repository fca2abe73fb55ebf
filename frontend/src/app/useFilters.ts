import { useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { type FilterPatch, type Parameter, readFilters, writeFilters } from "../flights/filters/filters";
import { client } from "./client";

/** The filters of the address, and the way to change them. Each change is a step that the back button undoes. */
export function useFilters(parameters?: readonly Parameter[]) {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const { filters, problems } = useMemo(
    () => readFilters(new URLSearchParams(search), parameters),
    [search, parameters],
  );
  // The current address: a second change may come before the first one is drawn.
  const latest = useRef<FilterPatch>(filters);
  useLayoutEffect(() => {
    latest.current = filters;
  }, [filters]);
  const go = useCallback(
    (next: FilterPatch) => {
      latest.current = next;
      const query = writeFilters(next);
      navigate(query ? `${pathname}?${query}` : pathname, { preventScrollReset: true });
    },
    [navigate, pathname],
  );
  const change = useCallback(
    (patch: FilterPatch) => {
      client.timings.begin(changeName(patch));
      go({ ...latest.current, ...patch });
    },
    [go],
  );
  const clear = useCallback(() => {
    client.timings.begin("clear the filters");
    go({ sort: latest.current.sort, measure: latest.current.measure });
  }, [go]);
  return { filters, problems, change, clear };
}

/** "filter carrier = UA", "filter carrier = any", "sort by -delay", "charts of median" */
function changeName(patch: FilterPatch): string {
  if ("sort" in patch) return `sort by ${patch.sort ?? "departure"}`;
  if ("measure" in patch) return `charts of ${patch.measure ?? "mean"}`;
  const changes = Object.entries(patch).map(([parameter, value]) => `${parameter} = ${value ?? "any"}`);
  return `filter ${changes.join(", ")}`;
}
