/** Tags: the answer to a write names the tags that it invalidates (Cache-Group-Invalidation, RFC 9875). */
import type { Step } from "../chain.ts";
import { invalidatedGroups } from "../headers/cacheGroups.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

export function invalidation(invalidate: (tags: readonly string[]) => void): Step {
  return (next) => async (request) => {
    const answer = await next(request);
    const tags = SAFE.has(request.method) || answer.status >= 400 ? [] : invalidatedGroups(answer.headers);
    if (tags.length > 0) invalidate(tags);
    return answer;
  };
}
