/** The last result of each experiment, as this browser has kept it: its verdict in short, without the samples. */
import { comparisonOf } from "./comparisons";
import { networkOf } from "./environment";
import { FEWEST_TO_TELL, verdictOf } from "./statistics";
import type { Result } from "./types";

export interface Kept {
  /** The slow side's label, and the fast one's. */
  from: string;
  to: string;
  kind: "faster" | "slower" | "none";
  text: string;
  /** The ratio of medians and its 95 % interval; numbers that JSON cannot hold are cut off. */
  ratio: number;
  low: number;
  high: number;
  network: string;
  /** The day, as in 2026-11-30. */
  at: string;
}

const KEY = "roundtrip: the Lab's results";
const LARGEST = 1e6;

/** Too few rounds and fast against fast say nothing of a technique: they are not kept. */
export function keep(result: Result): void {
  const [first, last] = [result.sides[0], result.sides.at(-1)];
  const comparison = comparisonOf(result, result.sides.length - 1, "wall");
  if (!first || !last || !comparison || comparison.rounds < FEWEST_TO_TELL || result.settings.aa) return;
  const { kind, text } = verdictOf(comparison);
  if (kind === "few") return;
  const cut = (value: number) => Math.min(LARGEST, value);
  write({
    ...keptResults(),
    [result.experiment]: {
      from: first.label,
      to: last.label,
      kind,
      text,
      ratio: cut(comparison.ratio),
      low: cut(comparison.low),
      high: cut(comparison.high),
      network: networkOf(result.environment),
      at: result.environment.at.slice(0, 10),
    },
  });
}

/** By the name of the experiment. What is not as `keep` writes it is left out. */
export function keptResults(): Record<string, Kept> {
  try {
    const all: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof all !== "object" || all === null) return {};
    return Object.fromEntries(Object.entries(all).filter(([, each]) => isKept(each)));
  } catch {
    return {}; // no storage for this page, or not ours
  }
}

export function forgetResults(): void {
  write({});
}

function write(all: Record<string, Kept>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // A page without storage, or a full one, keeps nothing.
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { ratio, low, high, ...rest } = value as Partial<Kept>;
  const numbers = [ratio, low, high].every((each) => typeof each === "number" && each > 0);
  const words = ["from", "to", "kind", "text", "network", "at"] as const;
  return numbers && words.every((name) => typeof rest[name] === "string");
}
