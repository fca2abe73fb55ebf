/**
 * The browser's own measurements of our requests, as they become known.
 *
 * An entry has no link to the fetch it measured; the request id that the server puts into Server-Timing gives it
 * one (https://www.w3.org/TR/server-timing/#servertiming-attribute).
 */
export type WatchResources = (onEntry: (entry: PerformanceResourceTiming) => void) => boolean;

/** False where there is nothing to watch: outside browsers, and where the page is not served securely. */
export const watchResources: WatchResources = (onEntry) => {
  if (typeof PerformanceResourceTiming === "undefined") return false;
  if (!("serverTiming" in PerformanceResourceTiming.prototype)) return false;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (entry.serverTiming.length > 0) onEntry(entry);
    }
  });
  observer.observe({ type: "resource", buffered: true });
  return true;
};
