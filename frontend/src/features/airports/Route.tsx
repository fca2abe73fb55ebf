import { useEffect } from "react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { whole } from "../../ui/format";
import { later, loadAtRest } from "../../ui/later";
import { WhenNear } from "../../ui/WhenNear";
import styles from "./Route.module.css";

const RouteMap = later(() => import("./RouteMap"));

type Airport = Schemas["Airport"];

interface Props {
  origin: Airport;
  /** Four destinations are missing in the list of airports: only their codes are known. */
  dest: Airport | null;
  destCode: string;
  distance: number;
}

/** The route of the flight: its airports, its distance and a map. */
export function Route({ origin, dest, destCode, distance }: Props) {
  useEffect(() => loadAtRest(RouteMap), []);
  return (
    <section aria-labelledby="route">
      <h2 id="route" className={styles.heading}>
        Route
      </h2>
      <p className={styles.words}>
        <Link to={`/routes/${origin.faa}-${destCode}`}>
          {origin.name} to {dest?.name ?? destCode}
        </Link>
        , {whole(distance)} miles
      </p>
      <div className={styles.frame}>
        {dest ? (
          <WhenNear>
            <RouteMap origin={origin} dest={dest} />
          </WhenNear>
        ) : (
          <p className={styles.unknown}>
            {destCode} is not in the list of airports that came with the flights, so its place on the map is
            not known.
          </p>
        )}
      </div>
    </section>
  );
}
