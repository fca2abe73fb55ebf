/** The drawing of a request pattern, from lines such as "server -> database: airline ×50". */
export interface Arrow {
  from: string;
  to: string;
  label: string;
  times: number;
  /** The row it is drawn in: those that happen together share one. */
  row: number;
}

const LINE = /^(& )?([a-z ]+) -> ([a-z ]+?)(?:: (.+?))?(?: ×(\d+))?$/;

export function arrowsOf(pattern: readonly string[]): Arrow[] {
  let row = -1;
  return pattern.flatMap((line) => {
    const [all, together, from = "", to = "", label = "", times = "1"] = LINE.exec(line) ?? [];
    if (all === undefined) return [];
    if (together === undefined || row < 0) row += 1;
    return [{ from, to, label, times: Number(times), row }];
  });
}

/** Who takes part, from the browser inwards. */
const INWARDS = ["browser", "edge", "server", "cache", "database", "upstream"];

export function lanesOf(patterns: readonly (readonly string[])[]): string[] {
  const named = new Set(
    patterns.flatMap((pattern) => arrowsOf(pattern).flatMap(({ from, to }) => [from, to])),
  );
  const known = INWARDS.filter((name) => named.has(name));
  return [...known, ...[...named].filter((name) => !INWARDS.includes(name))];
}
