/**
 * The waterfall's clock, and the position of a span on it. Idle time is folded to a narrow mark: otherwise a minute
 * between two clicks would leave no width for the round trips. Within a round trip the clock is linear, so the widths
 * of its spans add up to its own width.
 */

export interface Interval {
  start: number;
  end: number;
}

interface Stretch extends Interval {
  /** Fractions of the width. */
  left: number;
  right: number;
  folded: boolean;
}

export interface Clock {
  /** The clock's zero and end, in ms of performance.now(). */
  start: number;
  end: number;
  stretches: Stretch[];
}

/** Idle time up to this is drawn to scale. */
const FOLD_ABOVE_MS = 150;
/** A fold's share of the time that is drawn to scale, and what all folds together may take. */
const FOLD_SHARE = 0.03;
const ALL_FOLDS_SHARE = 0.3;
/** The width in milliseconds of a clock on which nothing took time. */
const LEAST_MS = 1;

export function clockOf(intervals: readonly Interval[]): Clock {
  const busy = merge(intervals);
  const first = busy[0];
  const last = busy.at(-1);
  if (!first || !last) return { start: 0, end: LEAST_MS, stretches: [whole(0, LEAST_MS)] };
  if (last.end - first.start < LEAST_MS) {
    const end = first.start + LEAST_MS;
    return { start: first.start, end, stretches: [whole(first.start, end)] };
  }
  const drawn = busy.reduce((sum, { start, end }) => sum + (end - start), 0);
  const folds = busy.length - 1;
  const foldWidth = Math.max(drawn, LEAST_MS) * Math.min(FOLD_SHARE, folds > 0 ? ALL_FOLDS_SHARE / folds : 0);
  const total = drawn + folds * foldWidth;
  const stretches: Stretch[] = [];
  let at = 0;
  const add = ({ start, end }: Interval, width: number, folded: boolean) => {
    stretches.push({ start, end, left: at / total, right: (at + width) / total, folded });
    at += width;
  };
  busy.forEach((interval, i) => {
    const before = busy[i - 1];
    if (before) add({ start: before.end, end: interval.start }, foldWidth, true);
    add(interval, interval.end - interval.start, false);
  });
  return { start: first.start, end: last.end, stretches };
}

/** The position of a moment, as a fraction of the width; below 0 or above 1 when it lies outside the clock. */
export function position(clock: Clock, time: number): number {
  if (time < clock.start) return -1;
  if (time > clock.end) return 2;
  const stretch = clock.stretches.find(({ end }) => time <= end);
  if (!stretch) return 1;
  const length = stretch.end - stretch.start;
  const share = length > 0 ? (time - stretch.start) / length : 0;
  return stretch.left + share * (stretch.right - stretch.left);
}

export interface Placed {
  x: number;
  width: number;
}

/** A span's place; null when no part of it lies on the clock. */
export function place(clock: Clock, { start, end }: Interval): Placed | null {
  if (end < clock.start || start > clock.end) return null;
  const x = position(clock, Math.max(start, clock.start));
  return { x, width: Math.max(0, position(clock, Math.min(end, clock.end)) - x) };
}

export interface Tick {
  x: number;
  /** ms since the clock's start. */
  ms: number;
  /** Whether the label stands before the tick, because there is no room after it. */
  before: boolean;
}

/** Beyond this a label would stick out of the clock. */
const LABEL_FITS_UNTIL = 0.9;
/** A label's width, as a share of the distance between ticks if there are `most` of them. */
const LABEL_SHARE = 0.45;

/** About `most` ticks at a round step, in the stretches drawn to scale, far enough apart for their labels. */
export function ticks(clock: Clock, most: number): Tick[] {
  const drawn = clock.stretches.filter(({ folded }) => !folded);
  const step = roundStep(drawn.reduce((sum, { start, end }) => sum + (end - start), 0) / most);
  const found: Tick[] = [];
  for (const { start, end } of drawn) {
    for (let n = Math.ceil((start - clock.start) / step); clock.start + n * step <= end; n += 1) {
      const x = position(clock, clock.start + n * step);
      const before = x > LABEL_FITS_UNTIL;
      const apart = x - (found.at(-1)?.x ?? Number.NEGATIVE_INFINITY);
      const label = LABEL_SHARE / most;
      if (apart >= (before ? 2 * label : label)) found.push({ x, ms: n * step, before });
    }
  }
  return found;
}

/** The folds, for their marks. */
export function folds(clock: Clock): { x: number; width: number; ms: number }[] {
  return clock.stretches
    .filter(({ folded }) => folded)
    .map(({ left, right, start, end }) => ({ x: left, width: right - left, ms: end - start }));
}

function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start - last.end <= FOLD_ABOVE_MS) last.end = Math.max(last.end, end);
    else merged.push({ start, end: Math.max(start, end) });
  }
  return merged;
}

/** The next 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 0.01)));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function whole(start: number, end: number): Stretch {
  return { start, end, left: 0, right: 1, folded: false };
}
