import { type ReactNode, startTransition, useEffect, useRef, useState } from "react";
import { usePrinting } from "./usePrinting";

/** The distance below the screen at which content is drawn, so that it is ready when the reader scrolls there. */
const AHEAD = "250px";

interface Props {
  /** The reserved height. */
  height?: number;
  children: ReactNode;
}

/**
 * Draws heavy content (charts, the map) when it comes near the screen or is printed, and not before; in a transition, so
 * that React pauses for more urgent work.
 */
export function WhenNear({ height, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  const printing = usePrinting();
  useEffect(() => {
    if (isNear || !place.current) return;
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && startTransition(() => setNear(true)),
      {
        rootMargin: `${AHEAD} 0px`,
      },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isNear]);
  return (
    <div ref={place} style={{ minHeight: height }}>
      {(isNear || printing) && children}
    </div>
  );
}
