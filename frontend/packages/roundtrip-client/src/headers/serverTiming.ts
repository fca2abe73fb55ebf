/** The server's report of its own time (Server-Timing, https://www.w3.org/TR/server-timing/), as claims. */

/** A stretch of time that the server reports for one step. */
export interface Claim {
  name: "cache" | "db" | "serialize" | "compress" | "app (other)" | "server" | "waiting for another";
  ms: number;
  detail?: string;
}

export interface ServerTiming {
  /** The id of the exchange: an answer with an old id is a replay from a cache, and its timings are old too. */
  rid: string | null;
  claims: Claim[];
  statements: number | null;
}

const STEPS = ["cache", "db", "serialize", "compress"] as const satisfies readonly Claim["name"][];

export function readServerTiming(header: string | undefined): ServerTiming {
  const metrics = parse(header ?? "");
  const rid = metrics.get("rid")?.desc ?? null;
  const db = metrics.get("db");
  const steps = STEPS.flatMap((name) => {
    const metric = metrics.get(name);
    return metric ? [{ name, ms: metric.dur, ...(metric.desc && { detail: metric.desc }) }] : [];
  });
  return {
    rid,
    claims: withRest(steps, metrics.get("app")?.dur),
    statements: db ? Number.parseInt(db.desc ?? "", 10) || 0 : metrics.has("app") ? 0 : null,
  };
}

/** Reads the `timing` of a part's line: the same claims in JSON, and how long the part waited for its turn. */
export function readPartTiming(timing: unknown): Omit<ServerTiming, "rid"> & { start: number; app: number } {
  const said = typeof timing === "object" && timing !== null ? (timing as Record<string, unknown>) : {};
  const start = ms(said.start);
  const statements = typeof said.statements === "number" ? said.statements : null;
  const steps: Claim[] = STEPS.filter((name) => name in said).map((name) => ({
    name,
    ms: ms(said[name]),
    ...(name === "db" &&
      statements !== null && { detail: `${statements} statement${statements === 1 ? "" : "s"}` }),
  }));
  const claims = withRest(steps, "app" in said ? ms(said.app) : undefined);
  const turn: Claim = { name: "waiting for another", ms: start, detail: "until the server began this part" };
  return { start, app: ms(said.app), claims: start > 0 ? [turn, ...claims] : claims, statements };
}

/** `app` is the server's whole time; the time outside its steps becomes the claim "app (other)". */
function withRest(steps: Claim[], app: number | undefined): Claim[] {
  const rest = (app ?? 0) - steps.reduce((sum, step) => sum + step.ms, 0);
  return rest > 0 ? [...steps, { name: "app (other)", ms: rest }] : steps;
}

function parse(header: string): Map<string, { dur: number; desc?: string }> {
  const metrics = new Map<string, { dur: number; desc?: string }>();
  for (const [, name = "", parameters = ""] of header.matchAll(
    /([\w-]+)((?:\s*;\s*\w+=(?:"[^"]*"|[^,;\s]*))*)/g,
  )) {
    const desc = /desc=(?:"([^"]*)"|([^,;\s]*))/.exec(parameters);
    const said = desc?.[1] ?? desc?.[2];
    metrics.set(name, {
      dur: ms(Number(/dur=([\d.]+)/.exec(parameters)?.[1])),
      ...(said !== undefined && { desc: said }),
    });
  }
  return metrics;
}

/** Negative, missing and absurd durations count as zero. */
function ms(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
