import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ProblemError } from "roundtrip-client";
import { inWords } from "./catalogue";
import { keep } from "./kept";
import { type Progress, runExperiment } from "./runner";
import type { Catalogue, ExperimentInfo, Result, Settings } from "./types";

interface Run {
  progress: Progress | null;
  result: Result | null;
  /** Whether the result was shown, not run. */
  restored: boolean;
  /** The reason why a run broke off; shown beside the result if there are rounds to show. */
  error: Error | null;
  start(settings: Settings): void;
  stop(): void;
  show(result: Result): void;
}

/** Of itself no run goes on when the network is back. */
export function ofARun(failure: unknown): Error {
  const error = inWords(failure);
  const offline = error instanceof ProblemError && (error.kind === "offline" || !navigator.onLine);
  return offline ? new Error("You are offline. Run it again when the network is back.") : error;
}

/** A run of an experiment, which ends when the page is left. */
export function useRun(catalogue: Catalogue, info: ExperimentInfo): Run {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [shown, setShown] = useState<{ result: Result; restored: boolean } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start(settings: Settings): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    running.current = controller;
    const isCurrent = () => running.current === controller;
    setError(null);
    setShown(null);
    // At once, because the runner waits until it is drawn.
    const onProgress = (news: Progress) => !signal.aborted && flushSync(() => setProgress({ ...news }));
    try {
      const result = await runExperiment(info, settings, catalogue, {
        signal,
        onProgress,
        onBroken: (failure) => setError(ofARun(failure)),
      });
      keep(result);
      if (isCurrent()) setShown({ result, restored: false });
    } catch (failure) {
      if (!signal.aborted) setError(ofARun(failure));
    } finally {
      if (isCurrent()) setProgress(null);
    }
  }

  /** In the place of whatever is run or shown. */
  function show(result: Result): void {
    running.current?.abort();
    running.current = null;
    setProgress(null);
    setError(null);
    setShown({ result, restored: true });
  }

  return {
    progress,
    result: shown?.result ?? null,
    restored: shown?.restored ?? false,
    error,
    start: (settings) => void start(settings),
    stop: () => running.current?.abort(),
    show,
  };
}
