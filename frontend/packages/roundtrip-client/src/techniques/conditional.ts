/**
 * Conditional requests: If-None-Match carries the validator of the stored answer, and a 304 means that the stored
 * answer is still good, so that it is not sent again (RFC 9110, 13.1.2 and 15.4.5).
 */
import type { Step } from "../chain.ts";
import { type Answers, createAnswers } from "./response_cache.ts";

export function conditional(answers: Answers = createAnswers()): Step & { answers: Answers } {
  const step: Step = (next) => async (request) => {
    if (request.method !== "GET") return next(request);
    const asked = performance.now();
    const held = answers.get(request.url);
    const etag = held?.headers.etag;
    const answer = await next(
      etag
        ? { ...request, headers: { ...request.headers, "If-None-Match": etag } }
        : { ...request, ...(held?.old && { reload: true }) },
    );
    if (answer.status === 304 && held) {
      const headers = { ...held.headers, ...answer.headers };
      answers.set(request.url, { body: held.body, headers, at: Date.now() }, asked);
      return { status: 200, headers, body: held.body };
    }
    if (answer.status === 200) {
      answers.set(request.url, { body: answer.body, headers: answer.headers, at: Date.now() }, asked);
    }
    return answer;
  };
  return Object.assign(step, { answers });
}
