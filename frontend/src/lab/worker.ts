/** The bootstrap, beside the page's own thread: thousands of resamples would freeze the page and disturb the samples. */
import { type Comparison, compare, random } from "./statistics";

export interface Question {
  id: number;
  slow: number[];
  fast: number[];
  seed: number;
}

export interface Reply {
  id: number;
  comparison: Comparison;
}

self.onmessage = ({ data: { id, slow, fast, seed } }: MessageEvent<Question>) => {
  self.postMessage({ id, comparison: compare(slow, fast, { random: random(seed) }) } satisfies Reply);
};
