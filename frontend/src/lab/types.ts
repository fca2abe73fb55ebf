/** The types of experiments from the server, of the measures of a run, and of results. */
import type { Span } from "roundtrip-client";

export interface SideInfo {
  name: string;
  label: string;
  says: string;
  pattern: string[];
  needs: string | null;
}

/** A technique in an application of the reader's own: a file that the tests of its package run. */
export interface Example {
  path: string;
  /** One line for a shell. */
  install: string;
  needs: string;
  /** The file that it imports from its own folder, or "". */
  beside: string;
}

export interface ExperimentInfo {
  name: string;
  title: string;
  chapter: string;
  shows: string;
  technique: string[];
  code: string[];
  sides: SideInfo[];
  explanation: string[];
  lesson: string;
  does_not_pay: string;
  take_away: Example[];
  /** A replacement if the packages do not have the technique, or "". */
  instead: string;
  network: string;
  /** False where only what a page uses of the answers is equal; the rest is what the slow side sends too much. */
  whole: boolean;
}

export interface LinkInfo {
  name: string;
  rtt: number;
  mbit: number | null;
  port: number;
}

export interface Machine {
  cpu: string;
  cores: number;
  system: string;
  python: string;
  sqlite: string;
}

export interface Catalogue {
  chapters: string[];
  networks: string[];
  experiments: ExperimentInfo[];
  /** The server's own: a page behind a link has the link's. */
  port: number;
  links: LinkInfo[];
  machine: Machine;
}

export interface Settings {
  seconds: number;
  precision: number;
  rounds: number;
  warmup: number;
  aa: boolean;
  seed: number;
}

/** The measures of one sample; absent where they cannot be had. ms, but for counts and bytes. */
export const MEASURES = [
  "wall",
  "server",
  "db",
  "serialize",
  "compress",
  "cpu",
  "queued",
  "statements",
  "rows",
  "computations",
  "calls",
  "trips",
  "wire",
  "decoded",
] as const;

export type Measure = (typeof MEASURES)[number];

/** By round: sample i of every side belongs to round i. */
export type Samples = Partial<Record<Measure, (number | null)[]>>;

/** One exchange of a median run, for the waterfall. Times in ms from the run's start. */
export interface Trip {
  url: string;
  start: number;
  end: number;
  spans: Span[];
  /** From the browser's cache: nothing was sent. */
  cached?: boolean;
}

export interface SideResult {
  name: string;
  label: string;
  samples: Samples;
  median: Trip[];
}

/** The name of the second side of an A/A run. */
export const again = (label: string) => `${label}, again`;

export interface Environment {
  network: string;
  /** As ALPN names it: "h2", "http/1.1"; absent where the browser does not tell, and in results from before it was noted. */
  protocol?: string;
  rtt: number | null;
  mbit: number | null;
  measuredRtt: number;
  browser: string;
  clock: number;
  isolated: boolean;
  machine: Machine;
  at: string;
}

export interface Result {
  version: 1;
  experiment: string;
  settings: Settings;
  environment: Environment;
  sides: SideResult[];
  /** "least": the time ended before there were enough rounds for a verdict. */
  ended: "precise" | "time" | "least" | "rounds" | "stopped" | "broken";
}
