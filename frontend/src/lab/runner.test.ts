import type { Request } from "roundtrip-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Progress, runExperiment } from "./runner";
import { DEFAULTS } from "./settings";
import { FEWEST_TO_TELL } from "./statistics";
import type { Catalogue, ExperimentInfo, Settings } from "./types";

const side = (name: string) => ({ name, label: name.toUpperCase(), says: "", pattern: [], needs: null });

const INFO = {
  name: "made_up",
  whole: true,
  sides: [side("slow"), side("fast")],
} as unknown as ExperimentInfo;
const machine = { cpu: "Ryzen 7", cores: 8, system: "Linux 6.8", python: "3.12.3", sqlite: "3.45.1" };
const CATALOGUE = { links: [], machine } as unknown as Catalogue;
const QUICK: Settings = { ...DEFAULTS, seconds: 30, rounds: 12, warmup: 1, seed: 7 };

let asked: string[] = [];
let told: Progress[] = [];
let broken: Error | null;
let answered: (url: string) => unknown;

vi.mock("roundtrip-client", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  overFetch: () => async (request: Request) => {
    asked.push(request.url);
    request.signal?.throwIfAborted();
    return { status: 200, headers: {}, body: await answered(request.url) };
  },
}));

beforeEach(() => {
  asked = [];
  told = [];
  broken = null;
  answered = () => ({ items: [1, 2] });
  vi.stubGlobal("fetch", async () => new Response(null, { status: 204 })); // the pings
  vi.stubGlobal("PerformanceResourceTiming", undefined); // there is nothing to wait for
});
afterEach(() => vi.unstubAllGlobals());

function run(settings: Partial<Settings> = {}) {
  const controller = new AbortController();
  const done = runExperiment(INFO, { ...QUICK, ...settings }, CATALOGUE, {
    signal: controller.signal,
    onProgress: (news) => told.push(structuredClone(news)),
    onBroken: (error) => {
      broken = error;
    },
  });
  return { done, stop: () => controller.abort() };
}

const wallsOf = async (done: ReturnType<typeof runExperiment>) =>
  (await done).sides.map(({ samples }) => samples.wall?.length);

test("every round asks each side once, in an order left to chance, and the same question", async () => {
  expect(await wallsOf(run().done)).toEqual([12, 12]);
  const runs = asked.map((url) => new URL(url, "http://x"));
  const orders = new Set<string>();
  for (let at = 0; at < runs.length; at += 2) {
    const [one, other] = [runs[at] as URL, runs[at + 1] as URL];
    expect(one.search).toBe(other.search);
    expect(one.pathname).not.toBe(other.pathname);
    orders.add(one.pathname);
  }
  expect(new Set(runs.map(({ search }) => search)).size).toBe(13); // with the one to warm up
  expect(orders.size).toBe(2);
});

test("a result is shown with four digits, all that a link to it keeps", async () => {
  const { sides } = await run().done;
  const numbers = JSON.stringify(sides.map(({ samples }) => samples)).match(/\d[\d.e-]*/g) ?? [];
  const fractions = numbers.map(Number).filter((value) => !Number.isInteger(value));
  expect(fractions.length).toBeGreaterThan(12);
  for (const value of fractions) expect(value).toBe(Number(value.toPrecision(4)));
});

test("a result tells the protocol that the browser tells, and nothing where it tells none", async () => {
  expect((await run().done).environment).not.toHaveProperty("protocol");
  const ping = { name: `${location.origin}/api/lab/ping`, nextHopProtocol: "h2" };
  const other = { name: "https://elsewhere.example/", nextHopProtocol: "h3" };
  Object.assign(performance, { getEntriesByType: () => [ping, other] });
  expect((await run().done).environment).toMatchObject({ network: "direct", protocol: "h2" });
  Object.assign(performance, { getEntriesByType: undefined });
});

test("the order of keys is no difference, another value is", async () => {
  answered = (url) => (url.includes("slow") ? { a: 1, b: { c: 2, d: 3 } } : { b: { d: 3, c: 2 }, a: 1 });
  await expect(run().done).resolves.toBeDefined();
  answered = (url) => ({ a: url.includes("slow") ? 1 : 2 });
  await expect(run().done).rejects.toThrow("SLOW and FAST gave different answers");
});

test("when the time is up, it goes on until something can be told", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 1_000;
    return now;
  });
  const { done } = run({ seconds: 1, rounds: 100 });
  expect((await done).ended).toBe("least");
  expect(await wallsOf(done)).toEqual([FEWEST_TO_TELL, FEWEST_TO_TELL]);
  const measuring = told.filter(({ phase }) => phase === "measuring");
  const took = (await done).took ?? 0;
  expect(measuring.length).toBeGreaterThan(5);
  for (const { longer } of measuring) expect(Math.abs(longer / 1000 / took - 1)).toBeLessThan(0.1);
  vi.restoreAllMocks();
});

test("tells the samples as they come, those of the result", async () => {
  answered = () => new Promise((resolve) => setTimeout(resolve, 30));
  const { sides } = await run().done;
  const measuring = told.filter(({ phase }) => phase === "measuring");
  expect(measuring.length).toBeGreaterThanOrEqual(2);
  for (const { round, sides: sofar, longer } of measuring) {
    expect(longer).toBe(0);
    for (const [index, { label, samples }] of sofar.entries()) {
      expect(label).toBe(sides[index]?.label);
      const short = samples.wall.map((ms) => Number(ms.toPrecision(4)));
      expect(short).toEqual(sides[index]?.samples.wall?.slice(0, round));
    }
  }
});

test("draws what it told before the next sample begins", async () => {
  const events: string[] = [];
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => {
    setTimeout(() => {
      events.push("drawn");
      draw();
    }, 10);
  });
  answered = async () => {
    events.push("asked");
    await new Promise((resolve) => setTimeout(resolve, 70));
    return 1;
  };
  await run({ warmup: 1, rounds: 12 }).done;
  expect(events).toContain("drawn");
  let askedSoFar = 0;
  for (const event of events) {
    if (event === "asked") askedSoFar += 1;
    else expect(askedSoFar % 2).toBe(0); // whole rounds of two sides
  }
});

test("the time that is set includes the preparation, and is kept to half a round", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  answered = () => {
    now += 50 + ((asked.length * 7) % 11) * 10; // 100 ms, now more, now less: a ratio that is never known well
    return 1;
  };
  vi.spyOn(await import("./environment"), "environmentOf").mockImplementation(async () => {
    now += 1_850; // the pings
    return { network: "direct" } as Awaited<ReturnType<typeof import("./environment").environmentOf>>;
  });
  const { ended, took } = await run({ seconds: 10, rounds: 100, warmup: 3, precision: 0.01 }).done;
  expect(ended).toBe("time");
  expect(took).toBeGreaterThanOrEqual(9.9);
  expect(took).toBeLessThanOrEqual(10.1);
});

test("stopped, it has the whole rounds so far", async () => {
  const { done, stop } = run({ rounds: 1_000 });
  answered = () => {
    if (asked.length > 30) stop();
    return 1;
  };
  const { ended, sides } = await done;
  expect(ended).toBe("stopped");
  const [slow, fast] = sides.map(({ samples }) => samples.wall?.length ?? 0);
  expect(slow).toBe(fast);
  expect(slow).toBeGreaterThan(5);
});

test("broken off, it has the whole rounds so far, and tells why", async () => {
  const failAfter = (most: number) => (): unknown => {
    if (asked.length > most) throw new Error("The server could not be reached");
    return 1;
  };
  answered = failAfter(15); // one round to warm up, then seven, and half of one
  const { ended, sides } = await run().done;
  expect(ended).toBe("broken");
  expect(sides.map(({ samples }) => samples.wall?.length)).toEqual([6, 6]);
  expect(broken?.message).toBe("The server could not be reached");

  [asked, broken] = [[], null];
  answered = failAfter(5);
  await expect(run().done).rejects.toThrow("The server could not be reached");
  expect(broken).toBeNull();
});

test("fast against fast is the last side twice", async () => {
  const { sides } = await run({ aa: true }).done;
  expect(sides.map(({ label }) => label)).toEqual(["FAST", "FAST, again"]);
  expect(asked.some((url) => url.includes("/slow"))).toBe(false);
});
