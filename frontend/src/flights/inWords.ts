/** Flights and their delays in words. */
import { duration, whole } from "../ui/format";

/** "1 flight", "336,776 flights" */
export function flightsInWords(count: number): string {
  return `${whole(count)} ${count === 1 ? "flight" : "flights"}`;
}

/** "47 min late", "21 h 12 min late", "3 min early", "on time": a delay for screen readers. */
export function delayInWords(minutes: number): string {
  if (minutes === 0) return "on time";
  return minutes > 0 ? `${duration(minutes)} late` : `${duration(-minutes)} early`;
}
