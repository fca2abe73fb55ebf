/**
 * One error class for all failures of a request, and the rule for a second try.
 *
 * The server's own text comes as problem details (RFC 9457). The other kinds are for requests without an answer.
 */
import type { Answer } from "./chain.ts";

export type ProblemKind = "problem" | "offline" | "timeout" | "network";

export interface ParameterProblem {
  parameter: string;
  detail: string;
  allowed?: string[];
}

export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly kind: ProblemKind;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The parameters at fault, if any. */
  readonly errors: readonly ParameterProblem[];
  /** Milliseconds that the server asks us to wait before the next try; null when it does not ask. */
  readonly retryAfter: number | null;
  /** True: this error is the result of a second try. */
  retried: boolean;

  constructor(problem: Partial<Omit<ProblemError, Exclude<keyof Error, "cause">>> & { title: string }) {
    super(problem.detail ?? problem.title, { cause: problem.cause });
    this.kind = problem.kind ?? "problem";
    this.status = problem.status ?? 0;
    this.title = problem.title;
    this.detail = problem.detail ?? problem.title;
    this.errors = problem.errors ?? [];
    this.retryAfter = problem.retryAfter ?? null;
    this.retried = problem.retried ?? false;
  }
}

/** The error for an answer with a status of 400 or more. Its body need not be a problem object. */
export function problemOf({ status, headers, body, retried = false }: Answer): ProblemError {
  const said = isRecord(body) ? body : {};
  const title = typeof said.title === "string" ? said.title : `The server answered ${status}`;
  return new ProblemError({
    status,
    title,
    detail: typeof said.detail === "string" ? said.detail : title,
    errors: Array.isArray(said.errors) ? (said.errors as ParameterProblem[]) : [],
    retryAfter: retryAfterOf(headers["retry-after"]),
    retried,
  });
}

const MAX_RETRIES = 2;
const MAX_WAIT = 30_000;

/**
 * A GET may be asked again when the network failed, or when the server said 503 and when to come back.
 * Never after a 4xx (the same question has the same answer) and never while offline (reconnecting asks again).
 */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  if (failures >= MAX_RETRIES || !(error instanceof ProblemError) || error.retried) return false;
  return (
    error.kind === "network" ||
    (error.status === 503 && error.retryAfter !== null && error.retryAfter <= MAX_WAIT)
  );
}

/**
 * As long as the server asked, or twice as long each time. A random part is added, so that clients do not all return
 * at the same moment.
 */
export function retryDelay(failures: number, error: unknown): number {
  const asked = error instanceof ProblemError ? error.retryAfter : null;
  const least = asked ?? 150 * 2 ** failures;
  return least + Math.random() * Math.max(150, asked === null ? least : least / 4);
}

/** Retry-After is seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  const seconds = Number(value);
  const wait = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
