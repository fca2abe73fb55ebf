/** A write says which answers it makes old (Cache-Group-Invalidation, RFC 9875): they are asked for again. */
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
