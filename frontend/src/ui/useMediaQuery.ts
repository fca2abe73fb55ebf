import { useSyncExternalStore } from "react";

/** The width below which two columns of a table do not fit; the style sheets have the same figure. */
export const PHONE = "(max-width: 640px)";
/** Where two charts no longer fit side by side. */
export const NARROW = "(max-width: 900px)";

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}
