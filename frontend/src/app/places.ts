/**
 * Where each page of this tab's history was left: how far down, and which pages of a long list had been loaded. Kept
 * in the tab's own storage, so that a reload and the way back from another document (the Lab) come to the same place.
 */
export interface Place {
  y: number;
  /** The cursors of the list's loaded pages. */
  cursors?: readonly (string | null)[] | undefined;
}

const NAME = "roundtrip-places";
const MOST = 50;

const places = kept();

/** The place of an entry of the history; the router's key alone is the same for all documents opened by an address. */
export function placeAt(key: string): Place | undefined {
  return places.get(nameOf(key));
}

export function rememberPlace(key: string, place: Place): void {
  const name = nameOf(key);
  places.delete(name); // the last one left is the last one dropped
  places.set(name, place);
}

/** The place that this document is come back to, by a reload or through the history; not one that is opened anew. */
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
    // Storage is forbidden or full: the places hold for this document alone.
  }
}

function kept(): Map<string, Place> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(NAME) ?? "[]"));
  } catch {
    return new Map(); // storage is forbidden, or holds what is not ours
  }
}

function nameOf(key: string): string {
  return `${key} ${location.pathname}${location.search}`;
}
