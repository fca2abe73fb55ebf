import { problemOf } from "roundtrip-client";
import { cachedBy, wasStale } from "roundtrip-client/headers";
import { FULL, get } from "../asking";
import { LAB } from "../catalogue";
import type { Ask, Half } from "../half";

/** Asked so often at most: where the API's own copy is old, it first gives that one and makes a new one behind it. */
const MOST = 20;
const PAUSE_MS = 20;

const url = ({ number }: Ask, side: string) => `${LAB}/experiments/edge/${side}?number=${number}`;

export default {
  /** The cache that this side measures has the answer, and the answer is fresh. */
  async before(ask, side) {
    const answers = side === "edge" ? "edge" : "server-cache";
    for (let n = 0; n < MOST; n += 1) {
      const request = { method: "GET", url: url(ask, side), headers: FULL, signal: ask.signal } as const;
      const { status, headers, body } = await ask.send({ ...request, call: ask.call() });
      if (status >= 400) throw problemOf({ status, headers, body });
      if (cachedBy(headers) === answers && !wasStale(headers)) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    throw new Error("No edge has kept the answer: this page has to be opened through one that keeps it.");
  },
  sides: {
    api: (ask) => get(ask, url(ask, "api")),
    edge: (ask) => get(ask, url(ask, "edge")),
  },
} satisfies Half;
