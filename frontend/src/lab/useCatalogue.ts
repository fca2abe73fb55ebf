import { loadCatalogue } from "./catalogue";
import type { Catalogue } from "./types";
import { type Fetched, useFetched } from "./useFetched";

export type Loaded = Fetched<Catalogue> | { state: "off" };

/** The catalogue of the server's Lab. */
export function useCatalogue(): Loaded {
  const fetched = useFetched("catalogue", loadCatalogue);
  if (fetched.state !== "here") return fetched;
  return fetched.value === "off" ? { state: "off" } : { state: "here", value: fetched.value };
}
