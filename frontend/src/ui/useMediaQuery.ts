import { useSyncExternalStore } from "react";

/** Where two columns of a table no longer fit side by side; the style sheets have the same figure. */
export const PHONE = "(max-width: 640px)";

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
