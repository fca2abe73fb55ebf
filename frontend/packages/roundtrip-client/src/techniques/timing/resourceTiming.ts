/**
 * Resource Timing: the browser's own measurements of our requests, as they become known.
 *
 * An entry has no link to the fetch that it measured. The request id that the server puts into Server-Timing makes
 * the link (https://www.w3.org/TR/server-timing/#servertiming-attribute).
 */
export type WatchResources = (onEntry: (entry: PerformanceResourceTiming) => void) => boolean;

/** False where the browser does not measure: outside browsers, and on a page that is not served securely. */
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
