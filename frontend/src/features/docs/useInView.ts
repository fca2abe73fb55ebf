import { useEffect, useState } from "react";
import type { Operation } from "./document";

/** The anchor of the operation that is being read: the last one whose beginning is above the middle of the screen. */
export function useInView(operations: readonly Operation[] | undefined): string | undefined {
  const [inView, setInView] = useState<string>();
  useEffect(() => {
    const sections = (operations ?? []).flatMap(({ anchor }) => document.getElementById(anchor) ?? []);
    const above = new Set<Element>();
    // The root's upper edge lies far above, so that "intersecting" means "begins above the middle".
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, boundingClientRect, rootBounds } of entries) {
          if (boundingClientRect.top < (rootBounds?.bottom ?? 0)) above.add(target);
          else above.delete(target);
        }
        setInView(sections.findLast((section) => above.has(section))?.id);
      },
      { rootMargin: "100000px 0px -50% 0px" },
    );
    for (const section of sections) observer.observe(section);
    return () => observer.disconnect();
  }, [operations]);
  return inView;
}
