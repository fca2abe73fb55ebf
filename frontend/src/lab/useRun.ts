import { useEffect, useRef, useState } from "react";
import { type Progress, runExperiment } from "./runner";
import type { Catalogue, ExperimentInfo, Result, Settings } from "./types";

interface Run {
  progress: Progress | null;
  result: Result | null;
  error: Error | null;
  start(settings: Settings): void;
  stop(): void;
  show(result: Result): void;
}

/** A run of an experiment, which ends when the page is left. */
export function useRun(catalogue: Catalogue, info: ExperimentInfo): Run {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start(settings: Settings): Promise<void> {
    const controller = new AbortController();
    running.current = controller;
    setError(null);
    setResult(null);
    const onProgress = (news: Progress) => !controller.signal.aborted && setProgress({ ...news });
    try {
      setResult(await runExperiment(info, settings, catalogue, { signal: controller.signal, onProgress }));
    } catch (failure) {
      if (!controller.signal.aborted)
        setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setProgress(null);
    }
  }

  return {
    progress,
    result,
    error,
    start: (settings) => void start(settings),
    stop: () => running.current?.abort(),
    show: setResult,
  };
}
