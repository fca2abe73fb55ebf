import { PHONE, useMediaQuery } from "../../ui/useMediaQuery";

/** A chart's width in its own units. It is drawn as wide as the screen allows, and its words with it: fewer on a phone. */
export function useChartWidth(): number {
  return useMediaQuery(PHONE) ? 340 : 600;
}
