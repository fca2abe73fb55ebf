import { useCallback, useEffect, useState } from "react";
import { inWords, loadCatalogue } from "./catalogue";
import type { Catalogue } from "./types";

export type Loaded =
  | { state: "loading" }
  | { state: "off" }
  | { state: "failed"; error: Error; retry: () => void }
  | { state: "here"; catalogue: Catalogue };

/** What the server's Lab has to offer. */
export function useCatalogue(): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another request
  useEffect(() => {
    const leaving = new AbortController();
    setLoaded({ state: "loading" });
    loadCatalogue(leaving.signal).then(
      (catalogue) => setLoaded(catalogue === "off" ? { state: "off" } : { state: "here", catalogue }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setLoaded({ state: "failed", error: inWords(error), retry });
      },
    );
    return () => leaving.abort();
  }, [attempt]);
  return loaded;
}
