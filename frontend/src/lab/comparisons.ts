/** Comparisons of two sides, made in a worker; without workers (in tests), here. */
import { type Comparison, compare, random } from "./statistics";
import type { Measure, Result, Samples } from "./types";
import type { Reply } from "./worker";

const waiting = new Map<number, (comparison: Comparison) => void>();
let asked = 0;
let worker: Worker | undefined;

/** The first side against another: null where fewer than two rounds have both. */
export async function comparisonOf(
  result: Result,
  side: number,
  measure: Measure,
): Promise<Comparison | null> {
  const [first] = result.sides;
  const other = result.sides[side];
  return first && other ? compareSamples(first.samples, other.samples, measure, result.settings.seed) : null;
}

export async function compareSamples(
  first: Samples,
  other: Samples,
  measure: Measure,
  seed: number,
): Promise<Comparison | null> {
  const slow: number[] = [];
  const fast: number[] = [];
  first[measure]?.forEach((value, round) => {
    const against = other[measure]?.[round];
    if (value === null || against === null || against === undefined) return;
    slow.push(value);
    fast.push(against);
  });
  if (slow.length < 2) return null;
  if (typeof Worker === "undefined") return compare(slow, fast, { random: random(seed) });
  worker ??= start();
  asked += 1;
  const id = asked;
  const done = new Promise<Comparison>((resolve) => waiting.set(id, resolve));
  worker.postMessage({ id, slow, fast, seed });
  return done;
}

function start(): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<Reply>) => {
    waiting.get(data.id)?.(data.comparison);
    waiting.delete(data.id);
  };
  return started;
}
