/**
 * The browser's half of an experiment: how each side asks, where that is more than one GET of the side's address.
 *
 * A file of `experiments/` has the name of the server's half and a Half as its default export; only sides that need
 * one are named in it.
 */

import type { Call, Send, TimingStore } from "roundtrip-client";

export interface Ask {
  /** The number of the question: equal for all sides of a round, and another one in the next round. */
  number: number;
  /** The last steps of the product's client: recorded, then sent; composed anew with what a side puts before them. */
  send: Send;
  timings: TimingStore;
  signal: AbortSignal;
  /** The start of each request. */
  call(): Call;
  /** GET of this side's address on the server, `part` where it asks several times; the content it answered. */
  get(part?: number): Promise<unknown>;
}

export interface Half {
  sides: Readonly<Record<string, Side>>;
  /** Before every sample, and not measured: brings the browser into the state that the sample begins with. */
  before?: (ask: Ask, side: string) => Promise<void>;
}

/** Requests still under way are awaited after the wall time, and count. */
export type Side = (ask: Ask) => Promise<unknown>;
