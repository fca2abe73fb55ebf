/**
 * Makes the links of a chart one stop of the Tab key; within it the arrow keys, Home and End go from mark to mark
 * (roving tabindex, ARIA Authoring Practices). `rows` returns the marks in their rows; a gap in a row is undefined.
 * Returns a function that undoes this.
 */
export function oneStop(chart: Element, rows: () => Row[]): () => void {
  settle(undefined);
  const onKeyDown = (event: Event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    const next = altKey || ctrlKey || metaKey ? undefined : nextMark(rows(), target as Mark, key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  const onFocusIn = ({ target }: Event) => settle(target as Mark);
  chart.addEventListener("keydown", onKeyDown);
  chart.addEventListener("focusin", onFocusIn);
  return () => {
    chart.removeEventListener("keydown", onKeyDown);
    chart.removeEventListener("focusin", onFocusIn);
  };

  function settle(focused: Mark | undefined): void {
    const all = marksOf(rows());
    const stop =
      all.find((mark) => mark === focused) ??
      all.find((mark) => mark.tabIndex === 0 && isSet(mark)) ??
      all[0];
    for (const mark of all) mark.setAttribute("tabindex", mark === stop ? "0" : "-1");
  }
}

type Mark = HTMLElement | SVGElement;
type Row = readonly (Mark | undefined)[];

export function nextMark(rows: readonly Row[], from: Mark, key: string): Mark | undefined {
  const all = marksOf(rows);
  if (!all.includes(from)) return undefined;
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  const step = STEPS[key];
  if (!step) return undefined;
  const isLine = rows.length === 1 || rows.every((row) => row.length === 1);
  if (isLine) return all[all.indexOf(from) + step.x + step.y];
  const y = rows.findIndex((row) => row.includes(from));
  const x = rows[y]?.indexOf(from) ?? 0;
  const line = step.x === 0 ? rows.map((row) => row[x]) : (rows[y] ?? []);
  const at = step.x === 0 ? y : x;
  const ahead = step.x + step.y > 0 ? line.slice(at + 1) : line.slice(0, at).reverse();
  return ahead.find((mark) => mark !== undefined);
}

const STEPS: Partial<Record<string, { x: number; y: number }>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};

function marksOf(rows: readonly Row[]): Mark[] {
  return rows.flat().filter((mark) => mark !== undefined);
}

/** Removes or restores a link's own tab stop. */
function isSet(mark: Mark): boolean {
  return mark.hasAttribute("tabindex");
}
