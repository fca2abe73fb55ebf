/**
 * A server for development can answer a GET once more and tell its statements. Such a server names the path of its
 * inspection in the Server-Timing of the page, `inspection;desc="/api/inspection"`; other servers are not asked.
 */

export interface Statement {
  sql: string;
  values: { name: string; value: string | number | boolean | null }[];
  /** The lines of the database's own plan, indented. */
  plan: string[];
  indexes: string[];
  /** Null where the database does not tell. */
  rows_looked_at: number | null;
  rows: number;
  /** The median of `runs` runs of this statement alone. */
  ms: number;
}

export interface Inspected {
  /** The name of the SQL dialect, such as "sqlite". */
  database: string;
  /** The status of the answer that was made for this. */
  status: number;
  runs: number;
  statements: Statement[];
  left_out: number;
}

/** The path of the inspection on this page's server; null if there is none. */
export function inspectionPath(): string | null {
  const [page] = (performance.getEntriesByType?.("navigation") ?? []) as PerformanceNavigationTiming[];
  const path = page?.serverTiming?.find(({ name }) => name === "inspection")?.description ?? "";
  return path.startsWith("/") && !path.startsWith("//") ? path : null;
}

/** The path and query of a GET to this page's own server; null for any other address. */
export function ownPath(url: string): string | null {
  const { origin, pathname, search } = new URL(url, location.href);
  return origin === location.origin ? pathname + search : null;
}

/** Rejects with an error whose message can be shown. */
export async function readStatements(path: string, url: string, signal: AbortSignal): Promise<Inspected> {
  return (await asked(`${path}/statements?url=${encodeURIComponent(url)}`, { signal })) as Inspected;
}

async function asked(address: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(address, { ...init, headers: { Accept: "application/json" } }).catch(
    (cause) => {
      throw new Error("The server could not be reached.", { cause });
    },
  );
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const detail = (body as { detail?: unknown } | null)?.detail;
  throw new Error(typeof detail === "string" ? detail : `The server answered ${response.status}.`);
}
