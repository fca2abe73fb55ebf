/** Readers of response headers. Each takes header names in lower case, and works without the rest of the package. */
export { cacheGroups, invalidatedGroups } from "./cacheGroups.ts";
export { type Cache, cachedBy, wasStale } from "./cacheStatus.ts";
export { type Freshness, freshness } from "./freshness.ts";
export { type Claim, readPartTiming, readServerTiming, type ServerTiming } from "./serverTiming.ts";
