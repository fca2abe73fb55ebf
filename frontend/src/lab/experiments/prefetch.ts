import type { Answer, Call, Marks } from "roundtrip-client";
import { timed } from "roundtrip-client";
import { FULL, flightOf, get, ROOT, unrecorded } from "../asking";
import type { Ask, Half } from "../half";

/** The pointer rests this long on the link before it clicks: an assumption. */
const REST_MS = 150;
/** The product asks after this much of it, as src/app/LinkBoundary.tsx does. */
const DWELL_MS = 70;

interface Early {
  call: Call;
  marks: Marks;
  answer: Promise<Answer>;
}

let early: Early | undefined;

const url = (ask: Ask) => `${ROOT}/flights/${flightOf(ask.number)}?fields=airline,dest,id,origin,plane`;
const data = (ask: Ask) => get(ask, url(ask));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Recorded only with the click, whose round trip it is: it comes sooner, but is not saved. */
function askEarly(ask: Ask): Early {
  const call = ask.call();
  const marks = {};
  const answer = unrecorded(ask, {
    method: "GET",
    url: url(ask),
    headers: FULL,
    signal: ask.signal,
    call,
    marks,
  });
  answer.catch(() => undefined); // told when the click waits for it
  return { call, marks, answer };
}

async function waitFor({ call, marks, answer }: Early, ask: Ask): Promise<unknown> {
  const send = timed(ask.timings)(async (request) => {
    const answered = await answer;
    Object.assign(request.marks ?? {}, marks);
    return answered;
  });
  return get({ ...ask, call: () => call }, url(ask), FULL, send);
}

export default {
  async before(ask, side) {
    await data(ask); // for the server's cache
    await pause(DWELL_MS);
    early = side === "intent" ? askEarly(ask) : undefined;
    await pause(REST_MS - DWELL_MS);
  },
  sides: { click: data, intent: (ask) => waitFor(early ?? askEarly(ask), ask) },
} satisfies Half;
