import { Summary } from "../../features/delays/Summary";
import { useFlightsTotal } from "../../features/delays/useFlightsTotal";
import { Flights } from "../../features/flights/Flights";
import { FilterChips } from "../../ui/filters/FilterChips";
import { FilterForm } from "../../ui/filters/FilterForm";
import { FilterProblems } from "../../ui/filters/FilterProblems";
import { type Filters, type Parameter, writeFilters } from "../../ui/filters/filters";
import { PageHead } from "../../ui/PageHead";
import { useFilters } from "../useFilters";
import { useNames } from "../useNames";

const OFFERED: readonly Parameter[] = [
  "origin",
  "dest",
  "carrier",
  "flight",
  "tailnum",
  "from",
  "to",
  "status",
  "min_delay",
  "weekday",
  "hour",
];

/** The filters for the charts of the same flights; charts have no order. */
function delaysHref({ sort: _, ...filters }: Filters): string {
  const query = writeFilters(filters);
  return query ? `/delays?${query}` : "/delays";
}

export default function ExplorePage() {
  const { filters, problems, change, clear } = useFilters();
  const names = useNames();
  const total = useFlightsTotal(filters);
  return (
    <>
      <PageHead title="Flights">
        Every departure from Newark, Kennedy and LaGuardia in 2013, and what became of it.
      </PageHead>
      <FilterProblems problems={problems} />
      <FilterForm filters={filters} names={names} offered={OFFERED} onChange={change} />
      <FilterChips filters={filters} names={names} onChange={change} onClear={clear} />
      <Summary filters={filters} also={{ to: delaysHref(filters), words: "as charts" }} />
      <Flights filters={filters} total={total} {...names} onChange={change} onClear={clear} />
    </>
  );
}
