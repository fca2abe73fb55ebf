import { useEffect, useState } from "react";

/**
 * The recording's time that a replay has come to, in ms: as long as the recording, times `slowing`. Infinity at its end,
 * and at once where nothing is to move. Another `take` begins anew.
 */
export function useReplay(end: number, slowing: number, still: boolean, take: number): number {
  const [at, setAt] = useState(still ? Number.POSITIVE_INFINITY : 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another take begins anew
  useEffect(() => {
    if (still) {
      setAt(Number.POSITIVE_INFINITY);
      return;
    }
    setAt(0);
    let frame = 0;
    let began: number | undefined;
    const draw = (now: number) => {
      began ??= now;
      const reached = (now - began) / slowing;
      setAt(reached >= end ? Number.POSITIVE_INFINITY : reached);
      if (reached < end) frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [end, slowing, still, take]);
  return at;
}
