/** A record of every round trip, in spans that sum to the wall time. */
export type SpanName =
  | "batch window"
  | "waiting for another"
  | "queued"
  | "dns"
  | "connect"
  | "tls"
  | "request"
  | "network"
  | "server"
  | "cache"
  | "db"
  | "serialize"
  | "compress"
  | "app (other)"
  | "download"
  | "decode"
  | "render"
  | "unaccounted";

/** On the clock of performance.now(), in milliseconds. */
export interface Span {
  name: SpanName;
  start: number;
  end: number;
  detail?: string;
}

/** Where an answer came from; `browser` is the browser's HTTP cache. */
export type Source = "server" | "server-cache" | "304" | "browser";

export interface PartRecord {
  id: string;
  url: string;
  start: number;
  end: number | null;
  status: number | null;
  source: Source;
  spans: Span[];
  statements: number | null;
  bytes: number | null;
}

export interface RoundTrip {
  id: number;
  actionId: number;
  rid: string | null;
  kind: "single" | "batch";
  method: string;
  url: string;
  start: number;
  end: number | null;
  state: "pending" | "done" | "failed" | "cancelled";
  status: number | null;
  source: Source;
  reason: string;
  spans: Span[];
  statements: number | null;
  bytes: { wire: number | null; decoded: number | null };
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string>;
  parts: PartRecord[];
  freshTiming: boolean;
}

export interface MemoryHit {
  actionId: number;
  at: number;
  key: string;
  reason: string;
}

export interface Action {
  id: number;
  label: string;
  start: number;
  /** When the screen last showed what this action brought; null until markRender. */
  rendered: number | null;
}

export interface Snapshot {
  actions: readonly Action[];
  roundTrips: readonly RoundTrip[];
  memoryHits: readonly MemoryHit[];
  paused: boolean;
  overhead: { ms: number; records: number };
}

export interface TimingStore {
  begin(label: string): Action;
  subscribe(listener: () => void): () => void;
  getSnapshot(): Snapshot;
  pause(on: boolean): void;
  clear(): void;
  markRender(actionId: number, end: number): void;
}

export function createTimings(): TimingStore {
  throw new Error("not yet written");
}
