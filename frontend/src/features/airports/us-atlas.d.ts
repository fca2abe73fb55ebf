/** The type of the map's file. Without it the compiler would infer a type for every coordinate. */
declare module "us-atlas/states-10m.json" {
  import type { GeometryCollection, Topology } from "topojson-specification";

  const topology: Topology<{ states: GeometryCollection; nation: GeometryCollection }>;
  export default topology;
}
