import { useDeferredValue } from "react";
import { useParams } from "react-router";
import { useRendered } from "../../api/useRendered";
import { Route } from "../../features/airports/Route";
import { NumberYear } from "../../features/delays/NumberYear";
import { FlightHead } from "../../features/flights/FlightHead";
import { isFlightId } from "../../features/flights/id";
import { SameNumber } from "../../features/flights/SameNumber";
import { Timeline } from "../../features/flights/Timeline";
import { useFlight } from "../../features/flights/useFlight";
import { PlaneFacts } from "../../features/planes/PlaneFacts";
import { WeatherThen } from "../../features/weather/WeatherThen";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { Pending } from "../../ui/Pending";
import { useNames } from "../useNames";
import styles from "./FlightPage.module.css";
import { NotFoundPage } from "./NotFoundPage";

export default function FlightPage() {
  const { id } = useParams();
  return isFlightId(id) ? <Flight id={Number(id)} /> : <NotFoundPage />;
}

function Flight({ id }: { id: number }) {
  const { flight, known, error, retry } = useFlight(id);
  const { airlines, airports } = useNames();
  // The times are drawn first; the content below them is drawn in slices when the browser has time.
  const below = useDeferredValue(flight, undefined);
  useRendered(flight);

  if (error?.status === 404) return <NoSuchFlight id={id} />;
  if (error && !flight) return <Unloaded id={id} error={error} onRetry={retry} />;
  if (!known) return <Loading id={id} />;
  return (
    <>
      <FlightHead
        flight={known}
        airline={flight?.airline.name ?? airlines.get(known.carrier)}
        origin={flight?.origin_airport.name ?? airports.get(known.origin)}
        destination={flight?.dest_airport?.name ?? airports.get(known.dest)}
      />
      <div className={styles.parts}>
        <div className={styles.timeline}>
          {flight ? <Timeline flight={flight} /> : <Pending what="The times take" />}
        </div>
        <div className={styles.route}>
          {below && (
            <Route
              origin={below.origin_airport}
              dest={below.dest_airport}
              destCode={below.dest}
              distance={below.distance}
            />
          )}
        </div>
        <div className={styles.facts}>
          {below && (
            <>
              <PlaneFacts tailnum={below.tailnum} plane={below.plane} />
              <WeatherThen origin={below.origin} weather={below.weather} />
            </>
          )}
        </div>
        <NumberYear carrier={known.carrier} flight={known.flight} />
        <SameNumber id={id} carrier={known.carrier} flight={known.flight} />
      </div>
    </>
  );
}

function Loading({ id }: { id: number }) {
  return (
    <>
      <PageHead title="Flight" documentTitle={`Flight ${id}`}>
        The schedule and the actual times, the aircraft, the weather of that hour, and the delays under the
        same flight number over the year.
      </PageHead>
      <Pending what="The flight takes" />
    </>
  );
}

function NoSuchFlight({ id }: { id: number }) {
  return (
    <PageHead title="No such flight" documentTitle={`No flight ${id}`}>
      No flight of 2013 has the id {id}.
    </PageHead>
  );
}

function Unloaded({ id, error, onRetry }: { id: number; error: Error; onRetry: () => void }) {
  return (
    <>
      <PageHead title="Flight" documentTitle={`Flight ${id}`} />
      <Failure error={error} heading="The flight could not be loaded" onRetry={onRetry} />
    </>
  );
}
