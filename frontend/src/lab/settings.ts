/** A run's settings in the page's address, so that a link to an experiment includes its settings. */
import { FEWEST_TO_TELL } from "./statistics";
import type { Settings } from "./types";

export const DEFAULTS: Settings = {
  seconds: 10,
  precision: 0.05,
  rounds: 200,
  warmup: 3,
  aa: false,
  seed: Math.floor(Math.random() * 2 ** 32),
};

export interface Bound {
  least: number;
  most: number;
  whole: boolean;
}

export type NumberSetting = Exclude<keyof Settings, "aa">;

export const BOUNDS: Readonly<Record<NumberSetting, Bound>> = {
  seconds: { least: 1, most: 120, whole: false },
  precision: { least: 0.01, most: 0.5, whole: false },
  rounds: { least: FEWEST_TO_TELL, most: 1000, whole: true },
  warmup: { least: 1, most: 20, whole: true },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true },
};

const NUMBERS = Object.keys(BOUNDS) as NumberSetting[];
const NAMES = ["aa", ...NUMBERS];

/** A wrong setting is reported and replaced by its default, so that a mistyped link still opens. */
export function readSettings(params: URLSearchParams): { settings: Settings; problems: string[] } {
  const settings = { ...DEFAULTS };
  const problems: string[] = [];
  const once = (name: string) => {
    const [said, ...more] = params.getAll(name);
    if (more.length === 0) return said;
    problems.push(`${name}: expected once, got ${more.length + 1} times`);
    return undefined;
  };
  for (const name of NUMBERS) {
    const said = once(name);
    if (said === undefined) continue;
    const value = plainNumber(said);
    if (isWithin(value, BOUNDS[name])) settings[name] = value;
    else problems.push(`${name}: expected ${expected(BOUNDS[name])}, got ${quoted(said)}`);
  }
  const aa = once("aa");
  if (aa === "on") settings.aa = true;
  else if (aa !== undefined) problems.push(`aa: expected "on" or to be left out, got ${quoted(aa)}`);
  for (const name of new Set(params.keys())) {
    if (!NAMES.includes(name))
      problems.push(`${quoted(name)} is no setting; the settings are ${NAMES.join(", ")}`);
  }
  return { settings, problems };
}

export function writeSettings(settings: Settings): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of NUMBERS) {
    if (settings[name] !== DEFAULTS[name]) params.set(name, String(settings[name]));
  }
  if (settings.aa) params.set("aa", "on");
  return params;
}

export function isWithin(value: number, { least, most, whole }: Bound): boolean {
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}

export function expected({ least, most, whole }: Bound): string {
  return `a ${whole ? "whole " : ""}number from ${least} to ${most}`;
}

/** Digits as a person writes them: Number() would also take "", " 7", "0x10" and "1e9". */
function plainNumber(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
