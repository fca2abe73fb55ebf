import { cachedBy } from "../../client/cacheStatus";
import { FULL, get } from "../asking";
import { LAB } from "../catalogue";
import type { Ask, Half } from "../half";

const url = ({ number }: Ask, side: string) => `${LAB}/experiments/edge/${side}?number=${number}`;

export default {
  /** The API's cache has the answer on both sides; of the one that the edge may keep, it is made sure that it does. */
  async before(ask, side) {
    const request = { method: "GET", url: url(ask, side), headers: FULL, signal: ask.signal } as const;
    await get(ask, request.url);
    const { headers } = await ask.send({ ...request, call: ask.call() });
    if (side === "edge" && cachedBy(headers) !== "edge")
      throw new Error("No edge has kept the answer: this page has to be opened through one that keeps it.");
  },
  sides: {
    api: (ask) => get(ask, url(ask, "api")),
    edge: (ask) => get(ask, url(ask, "edge")),
  },
} satisfies Half;
