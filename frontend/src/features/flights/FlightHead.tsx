import { Link } from "react-router";
import { delayInWords } from "../../flights/inWords";
import { longDate } from "../../ui/format";
import { PageHead } from "../../ui/PageHead";
import type { FlightRow } from "./api";

interface Props {
  flight: FlightRow;
  airline: string | undefined;
  origin: string | undefined;
  destination: string | undefined;
}

/** The name of the flight, and its result in one sentence. */
export function FlightHead({ flight, airline, origin, destination }: Props) {
  const { carrier, origin: from, dest, sched_dep } = flight;
  return (
    <PageHead
      title={`${carrier} ${flight.flight}`}
      documentTitle={`${carrier} ${flight.flight}, ${from} to ${dest}`}
    >
      <p>
        <Link to={`/airlines/${carrier}`}>{airline ?? carrier}</Link>, {longDate(sched_dep)}
      </p>{" "}
      <p>
        <Link to={`/airports/${from}`}>{place(from, origin)}</Link> to{" "}
        <Link to={`/airports/${dest}`}>{place(dest, destination)}</Link>
      </p>{" "}
      <p>
        <strong>{outcome(flight)}</strong>
      </p>
    </PageHead>
  );
}

function outcome({ status, arr_delay, dest }: FlightRow): string {
  if (status === "cancelled") return "It was cancelled.";
  if (status === "diverted") return `It was diverted and did not arrive at ${dest} as planned.`;
  if (arr_delay === null) return "Its arrival was not recorded.";
  return `It arrived ${delayInWords(arr_delay)}.`;
}

function place(code: string, name: string | undefined): string {
  return name ? `${name} (${code})` : code;
}
