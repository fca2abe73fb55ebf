/** Without this, the compiler would read the type of every coordinate from the file itself. */
declare module "us-atlas/states-10m.json" {
  import type { GeometryCollection, Topology } from "topojson-specification";

  const topology: Topology<{ states: GeometryCollection; nation: GeometryCollection }>;
  export default topology;
}
