import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useLayoutEffect, useState } from "react";
import { usePrinting } from "../../ui/usePrinting";

/** The next rows are requested this many rows before the end: a screen or two, so that they come in time. */
const AHEAD = 40;

/** The largest number of printed rows: about twenty pages. */
const MOST_PRINTED = 500;

/** The visible rows of a list that scrolls with the page, and the height of the rows that are not drawn. */
export function useRows(
  list: RefObject<HTMLElement | null>,
  count: number,
  height: number,
  onNearEnd: () => void,
) {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () =>
      setTop(Math.round((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    // The content above the list (filters, chips) changes its height, and so does the body.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);

  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: 6,
    scrollMargin: top,
  });
  const rows = virtual.getVirtualItems();
  const last = virtual.range?.endIndex ?? 0;
  useEffect(() => {
    if (count > 0 && last >= count - AHEAD) onNearEnd();
  }, [last, count, onNearEnd]);

  const printing = usePrinting();
  if (printing) {
    const printed = Array.from({ length: Math.min(count, MOST_PRINTED) }, (_, index) => index);
    return { rows: printed, before: 0, after: 0 };
  }
  const before = (rows[0]?.start ?? top) - top;
  const after = Math.max(0, virtual.getTotalSize() - (rows.at(-1)?.end ?? top) + top);
  return { rows: rows.map((row) => row.index), before, after };
}
