import { type ReactNode, startTransition, useEffect, useRef, useState } from "react";
import { usePrinting } from "./usePrinting";

/** How far below the screen something is made ready, so that whoever scrolls there finds it drawn. */
const AHEAD = "250px";

interface Props {
  /** The room that is kept for it. */
  height?: number;
  children: ReactNode;
}

/**
 * Draws what is heavy (charts, the map) when it comes near the screen or is printed, and not before; in a transition, so that
 * React stops for whatever is more urgent.
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
