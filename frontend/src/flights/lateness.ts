/**
 * The scale of lateness. A single flight falls into a class; the colour of a mean is mixed from the two nearest classes.
 * So the same minutes have the same colour in a list, a histogram and a heat map.
 */
export type Lateness = 0 | 1 | 2 | 3 | 4 | 5;

/** The first minute of each class, except the first class. */
const BOUNDS = [0, 15, 30, 60, 120] as const;

/** Six values with the colours of the classes 0 to 5: ascending, or descending if a larger value is better. */
export type Steps = readonly [number, number, number, number, number, number];

/** The steps for a mean delay, in minutes. */
export const MINUTES: Steps = [-12, 2, 18, 40, 80, 150];

export const LATENESS_CLASSES: readonly { lateness: Lateness; name: string }[] = [
  { lateness: 0, name: "early" },
  { lateness: 1, name: "under 15 min" },
  { lateness: 2, name: "15–29 min" },
  { lateness: 3, name: "30–59 min" },
  { lateness: 4, name: "1–2 h" },
  { lateness: 5, name: "2 h or more" },
];

export function lateness(minutes: number): Lateness {
  return BOUNDS.filter((bound) => minutes >= bound).length as Lateness;
}

export function latenessColour(minutes: number): string {
  return `var(--late-${lateness(minutes)})`;
}

/**
 * The colour of a mean or of a share, as CSS, so that it changes with the theme. The scale "heat" has darker colours in
 * the dark theme, because the heat map has figures on them.
 */
export function colourBetween(value: number | null, steps: Steps, scale: "late" | "heat" = "late"): string {
  if (value === null) return "var(--paper-2)";
  const isUp = steps[0] < steps[5];
  const above = steps.findIndex((step) => (isUp ? value < step : value > step));
  if (above === 0) return `var(--${scale}-0)`;
  if (above === -1) return `var(--${scale}-5)`;
  const low = steps[above - 1] ?? 0;
  const high = steps[above] ?? 0;
  const share = Math.round(((value - low) / (high - low)) * 100);
  return `color-mix(in oklab, var(--${scale}-${above}) ${share}%, var(--${scale}-${above - 1}))`;
}

/** The classes of the delays report's histogram, by their first minute; the first class has none. */
export const HISTOGRAM_CLASSES: readonly { from: number | null; name: string }[] = [
  { from: null, name: "more than 30 min early" },
  { from: -30, name: "16 to 30 min early" },
  { from: -15, name: "up to 15 min early" },
  { from: 0, name: "0 to 14 min late" },
  { from: 15, name: "15 to 29 min late" },
  { from: 30, name: "30 to 44 min late" },
  { from: 45, name: "45 to 59 min late" },
  { from: 60, name: "60 to 89 min late" },
  { from: 90, name: "90 to 119 min late" },
  { from: 120, name: "2 to 3 h late" },
  { from: 180, name: "3 h late or more" },
];
