import { geoAzimuthalEqualArea, geoInterpolate, geoPath } from "d3-geo";
import type { LineString } from "geojson";
import { feature, mesh } from "topojson-client";
import atlas from "us-atlas/states-10m.json";
import styles from "./Route.module.css";

interface Place {
  faa: string;
  name: string;
  lat: number;
  lon: number;
}

const WIDTH = 560;
const HEIGHT = 350;
const MARGIN = 56;
/** A short hop is not blown up beyond what the coastline's detail can bear. */
const MOST_SCALE = 3200;

const nation = feature(atlas, atlas.objects.nation);
const borders = mesh(atlas, atlas.objects.states, (a, b) => a !== b);

/** The great circle between two airports over the United States, Alaska and Hawaii in their true places. */
export default function RouteMap({ origin, dest }: { origin: Place; dest: Place }) {
  const ends: [number, number][] = [
    [origin.lon, origin.lat],
    [dest.lon, dest.lat],
  ];
  const path = geoPath(projectionOver(ends));
  const line: LineString = { type: "LineString", coordinates: ends };
  return (
    <svg
      className={styles.map}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Map of the route from ${origin.name} to ${dest.name}`}
    >
      <path className={styles.land} d={path(nation) ?? ""} />
      <path className={styles.states} d={path(borders) ?? ""} />
      <path className={styles.route} d={path(line) ?? ""} />
      <End place={origin} other={dest} path={path} />
      <End place={dest} other={origin} path={path} />
    </svg>
  );
}

function End({ place, other, path }: { place: Place; other: Place; path: ReturnType<typeof geoPath> }) {
  const [x, y] = path.centroid({ type: "Point", coordinates: [place.lon, place.lat] });
  const isEast = place.lon > other.lon;
  return (
    <>
      <circle className={styles.end} cx={x} cy={y} r={4.5} />
      <text x={x + (isEast ? 10 : -10)} y={y + 5} textAnchor={isEast ? "start" : "end"}>
        {place.faa}
      </text>
    </>
  );
}

/** Centred on the middle of the way, as large as both ends allow. */
function projectionOver(ends: [number, number][]) {
  const [from = [0, 0], to = [0, 0]] = ends;
  const [lon, lat] = geoInterpolate(from, to)(0.5);
  const projection = geoAzimuthalEqualArea().rotate([-lon, -lat]);
  const frame: [[number, number], [number, number]] = [
    [MARGIN, MARGIN],
    [WIDTH - MARGIN, HEIGHT - MARGIN],
  ];
  projection.fitExtent(frame, { type: "LineString", coordinates: ends });
  if (projection.scale() > MOST_SCALE) projection.scale(MOST_SCALE).translate([WIDTH / 2, HEIGHT / 2]);
  return projection.clipExtent([
    // A little beyond the picture, so that no edge of the clipping is drawn as a coast.
    [-9, -9],
    [WIDTH + 9, HEIGHT + 9],
  ]);
}
