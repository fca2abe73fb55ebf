/** The drawing of a request pattern, from lines such as "server -> database: airline ×50". */

/** Arrows that go the same way together: a bundle of lines. */
export interface Bundle {
  from: string;
  to: string;
  words: string;
  times: number;
}

const LINE = /^(& )?([a-z ]+) -> ([a-z ]+?)(?:: (.+?))?(?: ×(\d+))?$/;

/** From top to bottom; a line that begins with "& " happens together with the line before it, and shares its row. */
export function rowsOf(pattern: readonly string[]): Bundle[][] {
  const rows: Bundle[][] = [];
  for (const line of pattern) {
    const [all, together, from = "", to = "", label = "", number] = LINE.exec(line) ?? [];
    if (all === undefined) continue;
    const words = number ? `${label} ×${number}`.trim() : label;
    const times = Number(number ?? 1);
    const row = together ? rows.at(-1) : undefined;
    const alike = row?.find((bundle) => bundle.from === from && bundle.to === to);
    if (alike) {
      alike.words += `, ${words}`;
      alike.times += times;
    } else if (row) row.push({ from, to, words, times });
    else rows.push([{ from, to, words, times }]);
  }
  return rows;
}

/** The participants, from the browser inwards. */
const INWARDS = ["browser", "edge", "server", "cache", "pgbouncer", "database", "upstream"];

export function lanesOf(patterns: readonly (readonly string[])[]): string[] {
  const named = new Set(
    patterns.flatMap((pattern) =>
      rowsOf(pattern)
        .flat()
        .flatMap(({ from, to }) => [from, to]),
    ),
  );
  const known = INWARDS.filter((name) => named.has(name));
  return [...known, ...[...named].filter((name) => !INWARDS.includes(name))];
}
