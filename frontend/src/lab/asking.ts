/** Functions that the browser's halves of experiments share. */

import type { Answer, Request, Send } from "roundtrip-client";
import { problemOf } from "roundtrip-client";
import type { Ask } from "./half";

export const ROOT = "/api/v1";

/** A validator that fits no answer: it bypasses the browser's cache, and the server sends the whole answer. */
export const FULL = { "If-None-Match": '"none"' };

/** The content of one GET. Throws a ProblemError. */
export async function get(
  ask: Ask,
  url: string,
  headers: Readonly<Record<string, string>> = FULL,
  send: Send = ask.send,
): Promise<unknown> {
  const answer = await send({ method: "GET", url, headers, signal: ask.signal, call: ask.call() });
  if (answer.status >= 400) throw problemOf(answer);
  return answer.body;
}

/** Sends without a recording, for a half that records the exchange itself. */
export function unrecorded(ask: Ask, request: Request): Promise<Answer> {
  ask.timings.pause(true);
  const answer = ask.send(request);
  ask.timings.pause(false);
  return answer;
}

/** The contents of several GETs in one round. */
export function together(ask: Ask, urls: readonly string[], send: Send): Promise<unknown[]> {
  return Promise.all(urls.map((url) => get(ask, url, FULL, send)));
}

/** The id of one of all flights, as the Lab's server half numbers them. */
export const flightOf = (number: number) => ((number * 104_729) % 336_776) + 1;

/** A day of the recorded year; each day has hundreds of flights. */
export const dayOf = (number: number) =>
  new Date(Date.UTC(2013, 0, 1 + (number % 365))).toISOString().slice(0, 10);
