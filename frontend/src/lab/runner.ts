/**
 * Runs an experiment: its sides in turn, in random order within each round, until the interval of their ratio is
 * narrow enough or the time set is up, which includes the preparation. It runs at least as many rounds as it takes to
 * tell anything.
 */
import { createTimings, overFetch, timed } from "roundtrip-client";
import { inWords } from "./catalogue";
import { compareSamples, FEWEST_TO_COMPARE } from "./comparisons";
import { environmentOf } from "./environment";
import type { Half, Side } from "./half";
import { askOf, oneGet, type Sample, sample } from "./sample";
import { type Comparison, FEWEST_TO_TELL, median, narrowEnough, random } from "./statistics";
import type { Catalogue, ExperimentInfo, Measure, Result, Samples, Settings, SideInfo } from "./types";
import { again, MEASURES } from "./types";

export interface Progress {
  phase: "preparing" | "warming up" | "measuring";
  round: number;
  /** Of the time or the rounds that are set, whichever is further: 0 to 1. */
  share: number;
  /** ms */
  elapsed: number;
  /** ms from the beginning to the end, where the fewest rounds that tell anything take longer than the time set; or 0. */
  longer: number;
  /** The wall times so far, by side. */
  sides: { label: string; samples: { wall: number[] } }[];
  /** The first side against the last, so far. */
  comparison: Comparison | null;
}

interface Options {
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** Told why a run ended early that still has rounds to show. */
  onBroken(error: Error): void;
}

interface Contender {
  info: SideInfo;
  run: Side;
  samples: Sample[];
}

/** A run that takes this many times the time set says why. */
export const MUCH_LONGER = 1.2;

/** Rounds between two looks at the interval. */
const LOOK_EVERY = 10;

/** Stopped or broken, it resolves with what there is; what goes wrong before that is an Error for people. */
export async function runExperiment(
  info: ExperimentInfo,
  settings: Settings,
  catalogue: Catalogue,
  { signal, onProgress, onBroken }: Options,
): Promise<Result> {
  const half = await halfOf(info.name);
  const contenders = contendersOf(info, settings, half);
  const chance = random(settings.seed);
  const round = roundsOf(info, contenders, half, signal, chance);
  const progress: Progress = {
    phase: "preparing",
    round: 0,
    share: 0,
    elapsed: 0,
    longer: 0,
    sides: [],
    comparison: null,
  };
  const tell = (news: Partial<Progress>) => onProgress(Object.assign(progress, news));

  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  tell({});
  const environment = await environmentOf(catalogue, signal);
  const numberOf = (n: number) => (settings.seed + n) % 1_000_000;
  const { warmup } = settings;
  for (let n = 0; n < warmup; n += 1) {
    tell({ phase: "warming up", round: n + 1, elapsed: elapsedMs() });
    checkEqual(info, contenders, await round(numberOf(n)));
  }

  const prepared = elapsedMs();
  let told = performance.now();
  let ended: Result["ended"] = "rounds";
  for (let n = 0; n < settings.rounds; n += 1) {
    try {
      const taken = await round(numberOf(warmup + n));
      for (const [index, { samples }] of contenders.entries()) samples.push(taken[index] as Sample);
    } catch (error) {
      if (!signal.aborted && n < FEWEST_TO_COMPARE) throw error;
      ended = signal.aborted ? "stopped" : "broken";
      if (ended === "broken") onBroken(inWords(error));
      break;
    }
    const elapsed = elapsedMs();
    if ((n + 1) % LOOK_EVERY === 0) {
      progress.comparison = firstAgainstLast(contenders, settings.seed);
      if (progress.comparison && narrowEnough(progress.comparison, settings.precision)) ended = "precise";
    }
    // It ends where it is nearest to the time set: another round would end further from it than this one.
    const oneRound = (elapsed - prepared) / (n + 1);
    const timeIsUp = elapsed + oneRound / 2 > settings.seconds * 1000 && n + 1 >= FEWEST_TO_TELL;
    if (timeIsUp && ended !== "precise") ended = n + 1 > FEWEST_TO_TELL ? "time" : "least";
    if (performance.now() - told > 250) {
      told = performance.now();
      const ofTime = Math.min(elapsed / settings.seconds / 1000, (n + 1) / FEWEST_TO_TELL);
      const share = Math.min(1, Math.max((n + 1) / settings.rounds, ofTime));
      const least = prepared + FEWEST_TO_TELL * oneRound;
      const longer = least > settings.seconds * 1000 * MUCH_LONGER ? least : 0;
      tell({ phase: "measuring", round: n + 1, share, elapsed, longer, sides: contenders.map(soFar) });
      await drawn();
    }
    if (ended !== "rounds") break;
  }
  return shortened({
    version: 1,
    experiment: info.name,
    settings,
    environment,
    sides: contenders.map(({ info: side, samples }) => ({
      name: side.name,
      label: side.label,
      samples: columnsOf(samples),
      median: medianOf(samples)?.trips ?? [],
    })),
    took: elapsedMs() / 1000,
    ended,
  });
}

/**
 * Every side once, in an order left to chance, all asked the same: its samples, in the order of the sides. Nothing of a
 * broken round is kept.
 */
function roundsOf(
  info: ExperimentInfo,
  contenders: readonly Contender[],
  half: Half,
  signal: AbortSignal,
  chance: () => number,
) {
  const timings = createTimings();
  const shared = { send: timed(timings)(overFetch()), timings, signal };
  return async (number: number): Promise<Sample[]> => {
    const taken: Sample[] = [];
    for (const index of shuffled(contenders.length, chance)) {
      const { info: side, run } = contenders[index] as Contender;
      const ask = askOf(info.name, side.name, { ...shared, number });
      await half.before?.(ask, side.name);
      taken[index] = await sample(run, ask, side.label);
    }
    return taken;
  };
}

/**
 * One sample of the first side and one of the last, one after the other, after a round to warm up. Throws an Error for
 * people; stopped, the signal's reason.
 */
export async function onePair(info: ExperimentInfo, signal: AbortSignal): Promise<[Sample, Sample]> {
  const half = await halfOf(info.name);
  const there = contendersOf(info, { aa: false }, half);
  const pair = [there[0], there.at(-1)] as Contender[];
  const round = roundsOf(info, pair, half, signal, Math.random);
  const number = Math.floor(Math.random() * 1_000_000);
  checkEqual(info, pair, await round(number));
  return (await round((number + 1) % 1_000_000)) as [Sample, Sample];
}

function soFar({ info: { label }, samples }: Contender): Progress["sides"][number] {
  return { label, samples: { wall: wallsOf(samples) } };
}

/** A page that is hidden draws nothing. */
const DRAWN_AFTER_MS = 100;

/** Until the browser has drawn what it was told: so it draws between two rounds, and not within a sample. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, DRAWN_AFTER_MS);
  });
}

/** The files of experiments/, by name: each is loaded when it is run. */
const HALVES = import.meta.glob<{ default: Half }>(["./experiments/*.ts", "!./experiments/*.test.ts"]);

async function halfOf(name: string): Promise<Half> {
  return (await HALVES[`./experiments/${name}.ts`]?.())?.default ?? { sides: {} };
}

function contendersOf({ sides }: ExperimentInfo, { aa }: Pick<Settings, "aa">, half: Half): Contender[] {
  const there = sides.filter(({ needs }) => needs === null);
  const last = there.at(-1);
  const chosen = aa && last ? [last, { ...last, label: again(last.label) }] : there;
  if (chosen.length < 2) throw new Error("Fewer than two sides of this experiment can run here.");
  return chosen.map((info) => ({ info, run: half.sides[info.name] ?? oneGet, samples: [] }));
}

function checkEqual(
  { whole }: ExperimentInfo,
  contenders: readonly Contender[],
  taken: readonly Sample[],
): void {
  if (whole === false) return; // what the page uses of them is equal: the server's tests hold it so
  const contents = taken.map(({ content }) => spelled(content));
  const other = contents.findIndex((content) => content !== contents[0]);
  if (other > 0) {
    const labels = [contenders[0], contenders[other]].map((contender) => contender?.info.label);
    throw new Error(`${labels.join(" and ")} gave different answers: there is nothing to compare.`);
  }
}

/** Keys in one order, so that equal contents are equal texts. */
function spelled(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function columnsOf(samples: readonly Sample[]): Samples {
  const columns: Samples = {};
  for (const measure of MEASURES) {
    const column = samples.map(({ measures }) => measures[measure] ?? null);
    if (column.some((value) => value !== null)) columns[measure] = column;
  }
  return columns;
}

function firstAgainstLast(contenders: readonly Contender[], seed: number): Comparison | null {
  const wall = (contender: Contender | undefined): Samples => ({ wall: wallsOf(contender?.samples ?? []) });
  return compareSamples(wall(contenders[0]), wall(contenders.at(-1)), "wall" satisfies Measure, seed);
}

function wallsOf(samples: readonly Sample[]): number[] {
  return samples.map(({ measures }) => measures.wall ?? 0);
}

/** The sample whose wall time is nearest to the median. */
function medianOf(samples: readonly Sample[]): Sample | undefined {
  const middle = median(wallsOf(samples));
  const off = ({ measures }: Sample) => Math.abs((measures.wall ?? 0) - middle);
  return [...samples].sort((a, b) => off(a) - off(b))[0];
}

/** 0 to n - 1 in random order (Fisher and Yates). */
function shuffled(n: number, chance: () => number): number[] {
  const order = Array.from({ length: n }, (_, index) => index);
  for (let at = n - 1; at > 0; at -= 1) {
    const other = Math.floor(chance() * (at + 1));
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}

/**
 * Fractions to four digits, which is more than a measurement can tell: before they are shown, so that whoever opens
 * a link to the result reads the same figures.
 */
function shortened(result: Result): Result {
  const short = JSON.stringify(result, (_, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
  );
  return { ...(JSON.parse(short) as Result), settings: result.settings };
}
