import { useCallback, useEffect, useState } from "react";
import { inWords } from "./catalogue";

export type Fetched<T> =
  | { state: "loading" }
  | { state: "failed"; error: Error; retry: () => void }
  | { state: "here"; value: T };

/** What `fetchIt` resolves with, fetched anew for another `key`. */
export function useFetched<T>(key: string, fetchIt: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [fetched, setFetched] = useState<Fetched<T>>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another request, and the key stands for what is fetched
  useEffect(() => {
    const leaving = new AbortController();
    setFetched({ state: "loading" });
    fetchIt(leaving.signal).then(
      (value) => setFetched({ state: "here", value }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setFetched({ state: "failed", error: inWords(error), retry });
      },
    );
    return () => leaving.abort();
  }, [key, attempt]);
  return fetched;
}
