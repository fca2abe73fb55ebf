import { Summary } from "../../features/delays/Summary";
import { useFlightsTotal } from "../../features/delays/useFlightsTotal";
import { Flights } from "../../features/flights/Flights";
import { FilterBar } from "../../flights/filters/FilterBar";
import { FilterProblems } from "../../flights/filters/FilterProblems";
import { delaysHref } from "../../flights/filters/filters";
import { PageHead } from "../../ui/PageHead";
import { useFilters } from "../useFilters";
import { useNames } from "../useNames";

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
      <FilterBar filters={filters} names={names} onChange={change} onClear={clear} />
      <Summary filters={filters} also={{ to: delaysHref(filters), words: "as charts" }} />
      <Flights filters={filters} total={total} {...names} onChange={change} onClear={clear} />
    </>
  );
}
