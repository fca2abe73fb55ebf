/** What one sample of each of two sides looks like beside the other, and what a person can tell of it. */
import type { Sample } from "../sample";

export interface Recording {
  label: string;
  /** ms from its start until the side had what it waited for. */
  ready: number;
  /** When each square of the board fills: ms from the start, in order. */
  fills: number[];
}

export type Outcome = "first" | "second" | "none";

/** A person feels no difference that is smaller than one of these. */
export const FELT_MS = 20;
export const FELT_SHARE = 0.1;

/** A replay that is over sooner cannot be watched. */
export const WATCHABLE_MS = 150;

const MOST_SQUARES = 60;

/**
 * Both boards have as many squares as the side with more answers had answers; where each had one, as many as the
 * answer has rows, up to 60. A side with fewer answers fills several squares with each.
 */
export function recordingsOf(
  labels: readonly [string, string],
  samples: readonly [Sample, Sample],
): [Recording, Recording] {
  const answers = Math.max(...samples.map(({ arrivals }) => arrivals.length));
  const squares = Math.min(MOST_SQUARES, answers > 1 ? answers : Math.max(1, rowsIn(samples[0].content)));
  const recordingOf = ({ arrivals, measures: { wall = 0 } }: Sample, label: string): Recording => {
    const times = arrivals.length > 0 ? arrivals : [wall];
    const fills = Array.from(
      { length: squares },
      (_, square) => times[Math.floor((square * times.length) / squares)] ?? wall,
    );
    return { label, ready: wall, fills };
  };
  return [recordingOf(samples[0], labels[0]), recordingOf(samples[1], labels[1])];
}

/** The longest list in a content, or in one of its fields. */
function rowsIn(content: unknown): number {
  if (Array.isArray(content)) return content.length;
  if (typeof content !== "object" || content === null) return 0;
  return Math.max(0, ...Object.values(content).map((value) => (Array.isArray(value) ? value.length : 0)));
}

export function outcomeOf([first, second]: readonly [Recording, Recording]): Outcome {
  const apart = Math.abs(first.ready - second.ready);
  if (apart < FELT_MS || apart < FELT_SHARE * Math.max(first.ready, second.ready)) return "none";
  return first.ready < second.ready ? "first" : "second";
}

/** When the last thing happens: ms from the start. */
export function endOf(recordings: readonly Recording[]): number {
  return Math.max(...recordings.flatMap(({ ready, fills }) => [ready, ...fills]));
}

/** 1 where the replay can be watched; else the power of ten that makes it so, 1,000 at most. */
export function slowingFor(recordings: readonly Recording[]): number {
  const end = Math.max(...recordings.map(({ ready }) => ready));
  return end >= WATCHABLE_MS ? 1 : ([10, 100].find((times) => end * times >= WATCHABLE_MS) ?? 1000);
}

export function inMs(ms: number): string {
  return `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)} ms`;
}
