import { flightOf, get, ROOT } from "../asking";
import type { Ask, Half } from "../half";

/** The pointer rests this long on the link before it clicks: an assumption. */
const REST_MS = 150;
/** The product asks after this much of it, as src/app/LinkBoundary.tsx does. */
const DWELL_MS = 70;

let asked: Promise<unknown> = Promise.resolve();

const data = (ask: Ask) =>
  get(ask, `${ROOT}/flights/${flightOf(ask.number)}?fields=airline,dest,id,origin,plane`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export default {
  async before(ask, side) {
    await data(ask); // for the server's cache
    await pause(DWELL_MS);
    if (side === "intent") {
      asked = data(ask);
      asked.catch(() => undefined); // told when the click waits for it
    }
    await pause(REST_MS - DWELL_MS);
  },
  sides: { click: data, intent: () => asked },
} satisfies Half;
