/** What the search and the choices know without a request; the backend writes it from the data set (`flask words`). */
import type { Names } from "./filters/describe";
import words from "./words.json";

interface Named {
  name: string;
  /** The flights of the year. */
  flights: number;
}

export const AIRLINES: Readonly<Record<string, Named>> = words.airlines;
/** The served airports; `also` is what else people call them, the city first. */
export const AIRPORTS: Readonly<Record<string, Named & { also: string[] }>> = words.airports;
/** The names by the codes, as the API has them; the city of an airport that has no name there. */
export const NAMES: Names = {
  airlines: new Map(Object.entries(AIRLINES).map(([code, { name }]) => [code, name])),
  airports: new Map(
    Object.entries(AIRPORTS).map(([code, { name, also }]) => [code, name || (also[0] ?? code)]),
  ),
};
/** The flights of each route, by "JFK-LAX". */
export const ROUTES: Readonly<Record<string, number>> = words.routes;
