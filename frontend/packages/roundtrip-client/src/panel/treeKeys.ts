/** The keys of a treegrid whose rows take the focus, as in the ARIA Authoring Practices. */
import type { Row } from "./rows.ts";

const KEYS = [
  "ArrowDown",
  "ArrowUp",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
  "PageDown",
  "PageUp",
  "Enter",
] as const;
type TreeKey = (typeof KEYS)[number];

export function isTreeKey(key: string): key is TreeKey {
  return KEYS.some((known) => known === key);
}

/** The effect of a key at row `at`: move to another row, fold, unfold or open this row, or nothing. */
export function step(
  rows: readonly Row[],
  at: number,
  key: TreeKey,
  page: number,
): Row | "toggle" | "open" | null {
  const row = rows[at];
  if (!row) return null;
  const to = (index: number) => rows[Math.max(0, Math.min(rows.length - 1, index))] ?? null;
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "PageDown":
      return to(at + page);
    case "PageUp":
      return to(at - page);
    case "Home":
      return to(0);
    case "End":
      return to(rows.length - 1);
    case "Enter":
      return "open";
    case "ArrowRight":
      if (row.expanded === undefined) return null;
      return row.expanded ? to(at + 1) : "toggle";
    case "ArrowLeft":
      if (row.expanded) return "toggle";
      return rows.slice(0, at).findLast(({ level }) => level < row.level) ?? null;
  }
}
