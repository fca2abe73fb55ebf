/**
 * Some of the numbers of a circle, such as hours, as the API and the addresses write them: "5", "6,7", "17-21", and
 * over the circle's end "22-2".
 */
export interface Circle {
  least: number;
  most: number;
}
/** The first and the last of numbers that follow one another. */
export type Range = readonly [first: number, last: number];

export const WEEKDAY_NUMBERS: Circle = { least: 1, most: 7 };
export const HOUR_NUMBERS: Circle = { least: 0, most: 23 };

/** The numbers that a text chooses, ascending; undefined for an invalid text. */
export function readChosen(text: string, { least, most }: Circle): number[] | undefined {
  const chosen = new Set<number>();
  for (const item of text.split(",")) {
    if (!/^\d{1,2}(-\d{1,2})?$/.test(item)) return undefined;
    const [first = 0, last = first] = item.split("-").map(Number);
    if ([first, last].some((number) => number < least || number > most)) return undefined;
    for (let number = first; number !== last; number = number === most ? least : number + 1)
      chosen.add(number);
    chosen.add(last);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** The longest ranges of some numbers; the range over the circle's end comes last. */
export function rangesOf(numbers: Iterable<number>, { least, most }: Circle): Range[] {
  const chosen = new Set(numbers);
  if (chosen.size > most - least) return [[least, most]];
  const before = (number: number) => (number === least ? most : number - 1);
  const after = (number: number) => (number === most ? least : number + 1);
  return [...chosen]
    .filter((number) => !chosen.has(before(number)))
    .sort((a, b) => a - b)
    .map((first) => {
      let last = first;
      while (chosen.has(after(last))) last = after(last);
      return [first, last] as const;
    });
}

/** The canonical text of some numbers; "" for no number and for all numbers. */
export function writeChosen(numbers: Iterable<number>, circle: Circle): string {
  const ranges = rangesOf(numbers, circle);
  const [first, last] = ranges[0] ?? [];
  if (first === circle.least && last === circle.most) return "";
  return ranges.map((range) => [...new Set(range)].join("-")).join(",");
}

/** True for one hour or weekday ("17"), false for several ("17-21", "6,7"). */
export function isOne(chosen: string | undefined): boolean {
  return chosen !== undefined && /^\d+$/.test(chosen);
}
