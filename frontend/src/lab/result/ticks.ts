/** Round ticks of the charts' axes. */

/** From 0 by a step of 1, 2 or 5 times a power of ten to the first tick that is not below `most`: at most `steps` steps. */
export function linearTicks(most: number, steps = 5): number[] {
  const least = most / steps;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((digit) => digit * power >= least) ?? 10);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, n) => Number((n * step).toPrecision(6)));
}

const MOST_TICKS = 10;

/** 1, 2 and 5 of every power of ten; where those are too many, the powers, or some of them. */
export function logarithmicTicks(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, n) => first + n);
  const within = (tick: number) => tick >= least && tick <= most;
  const fine = powers
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter(within);
  if (fine.length <= MOST_TICKS) return fine;
  const step = Math.ceil(powers.length / MOST_TICKS);
  return powers
    .filter((power) => power % step === 0)
    .map((power) => Number(`1e${power}`))
    .filter(within);
}

export function tickLabel(tick: number): string {
  return tick >= 10_000 ? tick.toExponential(0) : tick.toLocaleString("en", { maximumSignificantDigits: 6 });
}
