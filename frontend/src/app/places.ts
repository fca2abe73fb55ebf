/**
 * The scroll position of each page in this tab's history, and the loaded pages of its list. They are kept in the tab's
 * own storage, so that a reload and the way back from another document (the Lab) lead to the same place.
 */
export interface Place {
  y: number;
  /** The cursors of the list's loaded pages. */
  cursors?: readonly (string | null)[] | undefined;
}

const NAME = "roundtrip-places";
const MOST = 50;

const places = kept();

/** The place of an entry of the history. (The router's key alone is the same for all documents opened by an address.) */
export function placeAt(key: string): Place | undefined {
  return places.get(nameOf(key));
}

export function rememberPlace(key: string, place: Place): void {
  const name = nameOf(key);
  places.delete(name); // the place left last is dropped last
  places.set(name, place);
}

/** The place to return to after a reload or a step in the history; undefined for a newly opened document. */
export function placeReturnedTo(): Place | undefined {
  return documentIsReturn()
    ? placeAt((history.state as { key?: string } | null)?.key ?? "default")
    : undefined;
}

export function documentIsReturn(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return entry?.type === "reload" || entry?.type === "back_forward";
}

export function keepPlaces(): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify([...places].slice(-MOST)));
  } catch {
    // Storage is forbidden or full: then the places last as long as this document.
  }
}

function kept(): Map<string, Place> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(NAME) ?? "[]"));
  } catch {
    return new Map(); // storage is forbidden, or holds a foreign value
  }
}

function nameOf(key: string): string {
  return `${key} ${location.pathname}${location.search}`;
}
