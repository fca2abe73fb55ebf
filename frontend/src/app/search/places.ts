/** The search for airports and airlines by name or code, best matches first. */
import type { Names } from "../../ui/filters/describe";
import { type FilterPatch, ORIGINS } from "../../ui/filters/filters";

export interface Place {
  code: string;
  name: string;
  /** The result of choosing it, such as "flights to here". */
  leadsTo: string;
  /** The filter that it adds to those in use. */
  filter: FilterPatch;
}

export interface PlaceGroup {
  value: string;
  items: Place[];
}

const MOST = 8;

export function placesOf({ airlines, airports }: Names): { airports: Place[]; airlines: Place[] } {
  return {
    airports: [...airports].map(([code, name]) => {
      const origin = ORIGINS.find((faa) => faa === code);
      return origin
        ? { code, name, leadsTo: "flights from here", filter: { origin } }
        : { code, name, leadsTo: "flights to here", filter: { dest: code } };
    }),
    airlines: [...airlines].map(([code, name]) => ({
      code,
      name,
      leadsTo: "its flights",
      filter: { carrier: code },
    })),
  };
}

/** The best matches of each kind; the kind with the better best one comes first. */
export function search(places: ReturnType<typeof placesOf>, query: string): PlaceGroup[] {
  const groups = [
    { value: "Airports", ...best(places.airports, query) },
    { value: "Airlines", ...best(places.airlines, query) },
  ];
  return groups
    .filter(({ items }) => items.length > 0)
    .sort((a, b) => a.rank - b.rank)
    .map(({ value, items }) => ({ value, items }));
}

function best(places: readonly Place[], query: string): { items: Place[]; rank: number } {
  const ranked = places
    .map((place) => ({ place, rank: rankOf(place, query.trim().toLowerCase()) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .sort((a, b) => a.rank - b.rank || a.place.name.localeCompare(b.place.name, "en"));
  return { items: ranked.slice(0, MOST).map(({ place }) => place), rank: ranked[0]?.rank ?? NO_MATCH };
}

const NO_MATCH = 5;

/** In this order: the code equals the query, begins with it, the name begins with it, a word does, the name contains it. */
function rankOf({ code, name }: Place, query: string): number {
  const lower = { code: code.toLowerCase(), name: name.toLowerCase() };
  if (lower.code === query) return 0;
  if (lower.code.startsWith(query)) return 1;
  if (lower.name.startsWith(query)) return 2;
  if (lower.name.includes(` ${query}`)) return 3;
  return lower.name.includes(query) ? 4 : NO_MATCH;
}
