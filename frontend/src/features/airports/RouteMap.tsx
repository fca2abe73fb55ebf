/// <reference path="./us-atlas.d.ts" />
import {
  type GeoPath,
  type GeoPermissibleObjects,
  type GeoProjection,
  geoAzimuthalEqualArea,
  geoInterpolate,
  geoPath,
} from "d3-geo";
import type { Geometry } from "geojson";
import { feature } from "topojson-client";
import atlas from "us-atlas/states-10m.json";
import styles from "./Route.module.css";

type Point = [number, number];

interface Place {
  faa: string;
  name: string;
  lat: number;
  lon: number;
}

const WIDTH = 560;
const HEIGHT = 350;
const MARGIN = 56;
/** The largest scale: a short route is not enlarged beyond the detail of the coastline. */
const MOST_SCALE = 3200;

/** The number of points of a great circle, so that the projection need not compute its own. */
const STEPS = 48;

const states = feature(atlas, atlas.objects.states).features.map((state) => ({
  state,
  box: boxOf(state.geometry),
}));

/** The great circle between two airports over the United States, Alaska and Hawaii in their true places. */
export default function RouteMap({ origin, dest }: { origin: Place; dest: Place }) {
  const ends: [Point, Point] = [
    [origin.lon, origin.lat],
    [dest.lon, dest.lat],
  ];
  const projection = projectionOver(ends);
  const path = geoPath(projection);
  const view = viewOf(projection);
  const between = geoInterpolate(...ends);
  const way = Array.from({ length: STEPS + 1 }, (_, step) => between(step / STEPS));
  return (
    <svg
      className={styles.map}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Map of the route from ${origin.name} to ${dest.name}`}
    >
      {states
        .filter(({ box }) => meet(box, view))
        .map(({ state }) => (
          <State key={state.id} state={state} path={path} />
        ))}
      <path className={styles.route} d={path({ type: "LineString", coordinates: way }) ?? ""} />
      <End place={origin} other={dest} path={path} />
      <End place={dest} other={origin} path={path} />
    </svg>
  );
}

/** A component of its own, so that React may pause between two states. */
function State({ state, path }: { state: GeoPermissibleObjects; path: GeoPath }) {
  return <path className={styles.land} d={path(state) ?? ""} />;
}

function End({ place, other, path }: { place: Place; other: Place; path: GeoPath }) {
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
function projectionOver(ends: [Point, Point]): GeoProjection {
  const [lon, lat] = geoInterpolate(...ends)(0.5);
  const projection = geoAzimuthalEqualArea().rotate([-lon, -lat]).precision(0);
  const frame: [Point, Point] = [
    [MARGIN, MARGIN],
    [WIDTH - MARGIN, HEIGHT - MARGIN],
  ];
  projection.fitExtent(frame, { type: "LineString", coordinates: ends });
  if (projection.scale() > MOST_SCALE) projection.scale(MOST_SCALE).translate([WIDTH / 2, HEIGHT / 2]);
  return projection.clipExtent([
    // A little larger than the picture, so that no edge of the clipping is drawn as a coast.
    [-9, -9],
    [WIDTH + 9, HEIGHT + 9],
  ]);
}

/** West, south, east and north. */
type Box = [number, number, number, number];

/** The part of the map to project: Alaska alone has more coast than all other states, mostly outside the picture. */
function viewOf(projection: GeoProjection): Box {
  const edge = [0, 0.25, 0.5, 0.75, 1].flatMap((share): Point[] => [
    [share * WIDTH, 0],
    [share * WIDTH, HEIGHT],
    [0, share * HEIGHT],
    [WIDTH, share * HEIGHT],
  ]);
  return around(edge.flatMap((point) => [projection.invert?.(point) ?? []]).filter(isPoint));
}

function boxOf(geometry: Geometry): Box {
  if (geometry.type === "Polygon") return around(geometry.coordinates.flat().filter(isPoint));
  if (geometry.type === "MultiPolygon") return around(geometry.coordinates.flat(2).filter(isPoint));
  return [0, 0, 0, 0];
}

function around(points: readonly Point[]): Box {
  const box: Box = [180, 90, -180, -90];
  for (const [lon, lat] of points) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

function meet(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

function isPoint(position: number[]): position is Point {
  return position.length >= 2;
}
