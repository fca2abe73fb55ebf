import { get } from "../asking";
import { LAB } from "../catalogue";
import type { Half } from "../half";

/** The part that ends with what an answer has left behind, as the server's half numbers it. */
const WAIT = 1;

export default {
  /** The background work of one answer must not slow the next. */
  before: async (ask) => void (await get(ask, `${LAB}/experiments/stale/stale?part=${WAIT}`, {})),
  sides: {},
} satisfies Half;
