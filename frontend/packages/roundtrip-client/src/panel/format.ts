/** Figures as the bar and the panel print them. */

/** 0.084 -> "0.08 ms", 8.41 -> "8.4 ms", 84.1 -> "84 ms", 1234 -> "1.23 s". */
export function ms(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0 ms";
  if (size >= 999.5) return `${(value / 1000).toFixed(2)} s`;
  if (size >= 9.95) return `${value.toFixed(0)} ms`;
  if (size >= 0.995) return `${value.toFixed(1)} ms`;
  return `${value.toFixed(2)} ms`;
}

/** The short form for a mark on the clock: "0", "50 ms", "3.9 s". */
export function tickLabel(value: number): string {
  if (value === 0) return "0";
  return value >= 1000 ? `${Number((value / 1000).toFixed(3))} s` : `${Number(value.toFixed(3))} ms`;
}

/** Decimal units, as browsers and networks count: 812 -> "812 B", 12345 -> "12.3 kB". */
export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`;
  if (value < 999_950) return `${(value / 1000).toFixed(1)} kB`;
  return `${(value / 1_000_000).toFixed(1)} MB`;
}

/** "336,776", without Intl.NumberFormat: to make one takes longer than to draw the bar. */
export function whole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** count(1, "part") -> "1 part", count(3, "part") -> "3 parts". */
export function count(n: number, noun: string): string {
  return `${whole(n)} ${noun}${n === 1 ? "" : "s"}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
