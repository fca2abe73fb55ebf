/**
 * `make lab`: runs every experiment in a browser without a window, through the link that the experiment names. It
 * prints the table, writes it into the README, and writes all results into e2e/test-results/lab.json. At the end it
 * runs one experiment's fast side against itself, TRIES times, and counts how often the Lab reports a difference.
 *
 * LAB_EDGE_URL names the edge of a production topology with the Lab on (`make lab-stack`): then the experiments about
 * the edge and about HTTP/2 also run through this edge. ONLY names a few experiments, separated by commas: only these
 * run and are printed, and the README does not change.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium, request } from "@playwright/test";
import { trusting } from "./certificate.mjs";
import { flags, systemChromium } from "./chromium.mjs";
import { serve } from "./server.mjs";

const SECONDS = process.env.SECONDS ?? "10";
const ONLY = process.env.ONLY?.split(",");
const TRIES = Number(process.env.TRIES ?? (ONLY ? "0" : "100"));
const AT_EDGE = ["edge", "batch", "streaming", "prefetch"];
const SPOKEN = { h2: "HTTP/2", h3: "HTTP/3" };
const README = new URL("../README.md", import.meta.url);
const RESULTS = new URL("test-results/lab.json", import.meta.url);
const BEGIN = "<!-- make lab: begin -->";
const END = "<!-- make lab: end -->";

const edge = process.env.LAB_EDGE_URL;
const server = await serve();
const browser = await chromium.launch({
  args: [...flags, ...(edge ? await trusting(edge) : [])],
  executablePath: systemChromium(),
});
const results = [];
const rows = [];
const fooled = [];
let tried = 0;
try {
  const here = await catalogueAt(server.url);
  const there = edge ? await catalogueAt(edge) : null;
  const strange = ONLY?.filter((name) => !here.experiments.some((one) => one.name === name)) ?? [];
  if (strange.length > 0) throw new Error(`The Lab has no experiment ${strange.join(", ")}.`);
  for (const experiment of here.experiments.filter(({ name }) => !ONLY || ONLY.includes(name))) {
    const { name } = experiment;
    const behind = AT_EDGE.includes(name) && there?.experiments.find((one) => one.name === name);
    if (behind) {
      if (missingOf(experiment).isRunnable) await measure(experiment, here);
      await measure(behind, there);
    } else await measure(experiment, here);
  }
  if (TRIES > 0) console.error(`Fast against fast, ${TRIES} times ...`);
  for (let n = 0; n < TRIES; n += 1) {
    try {
      const { verdicts } = await run(`${server.url}/lab/n_plus_one?aa=on&seconds=1`);
      tried += 1;
      if (verdicts[0].said !== "no difference detectable") fooled.push(verdicts[0].said);
    } catch (error) {
      process.exitCode = 1;
      console.error(error);
    }
  }
} finally {
  await browser.close();
  server.stop();
}

const table = [
  `${circumstances(results[0]?.environment)}Wall times in the browser, about ${SECONDS} s for each experiment; 95 % intervals of the ratio of medians:`,
  "",
  "| chapter | experiment | from → to | verdict | network |",
  "|---|---|---|---|---|",
  ...withoutRepeats(rows).map((cells) => `| ${cells.join(" | ")} |`),
  ...(tried > 0 ? ["", toldApart()] : []),
].join("\n");
console.log(table);
await mkdir(new URL(".", RESULTS), { recursive: true });
await writeFile(RESULTS, JSON.stringify(results, null, 1));
if (!ONLY) await writeTable(table);
console.error(`\nAll samples: ${fileURLToPath(RESULTS)}`);

/** The catalogue of a server's Lab, and the links that lead to that server. */
async function catalogueAt(url) {
  const asking = await request.newContext({ ignoreHTTPSErrors: true });
  try {
    return { url, ...(await (await asking.get(`${url}/api/lab/experiments`)).json()) };
  } finally {
    await asking.dispose();
  }
}

/** Runs an experiment through its link and adds its rows and its result, or a row with the engines that it lacks. */
async function measure(experiment, { url, links }) {
  const { chapter, title, network, name } = experiment;
  const { isRunnable, needs } = missingOf(experiment);
  if (!isRunnable) {
    rows.push([chapter, title, "", `not run: needs ${needs}`, network]);
    return;
  }
  const link = links.find((one) => one.name === network);
  const address = new URL(`/lab/${name}?seconds=${SECONDS}`, url);
  if (link) address.port = link.port;
  console.error(`${chapter}: ${title}, ${network}, ${address.protocol} ...`);
  try {
    const { result, verdicts } = await run(address.href);
    results.push(result);
    const spoken = SPOKEN[result.environment.protocol];
    for (const { sides, said } of verdicts) {
      rows.push([chapter, title, sides, said, spoken ? `${network}, ${spoken}` : network]);
    }
    for (const side of experiment.sides.filter((side) => side.needs))
      rows.push([chapter, title, `→ ${side.label}`, `not run: needs ${side.needs}`, network]);
  } catch (error) {
    process.exitCode = 1;
    console.error(error);
    rows.push([chapter, title, "", `failed: ${inALine(error)}`, network]);
  }
}

/** The engines that an experiment lacks, and whether two of its sides can run without them. */
function missingOf({ sides }) {
  const missing = sides.map(({ needs }) => needs).filter(Boolean);
  return { isRunnable: sides.length - missing.length >= 2, needs: [...new Set(missing)].join(", ") };
}

/** Runs an experiment as a user does: opens the page, presses Run, waits, reads the verdicts and saves the samples. */
async function run(url) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(url);
    await page.getByRole("button", { name: /^Run/ }).click();
    const verdict = page.getByTestId("verdict");
    const broken = page.getByRole("alert");
    await verdict
      .or(broken)
      .first()
      .waitFor({ timeout: (Number(SECONDS) + 240) * 1000 });
    if (await broken.count()) throw new Error((await broken.first().innerText()).replaceAll(/\s+/g, " "));
    const verdicts = await verdict.allInnerTexts();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /JSON/ }).click();
    const result = JSON.parse(await readFile(await (await download).path(), "utf8"));
    return { result, verdicts: verdicts.map(parted) };
  } finally {
    await page.close();
  }
}

function toldApart() {
  return `Fast against fast (A/A, real runs of one second): ${tried - fooled.length} of ${tried} say "no difference detectable".`;
}

/** The date and the machine of the results; an empty text if no experiment has run. */
function circumstances(environment) {
  if (!environment) return "";
  const { machine, browser, at } = environment;
  return `On ${at.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores; Python ${machine.python}, SQLite ${machine.sqlite}; ${browser}. `;
}

/** The first line of an error's message, short enough for a cell of the table. */
function inALine(error) {
  return String(error.message ?? error)
    .split("\n")[0]
    .replaceAll("|", "/")
    .slice(0, 120);
}

/** "A → B: 2.9–3.3 times faster (4.0 ms saved)" */
function parted(text) {
  const [sides, said] = text
    .replaceAll(/\s+/g, " ")
    .trim()
    .split(/: (.*)/);
  return { sides, said };
}

/** A chapter and an experiment are named in their first row only. */
function withoutRepeats(rows) {
  return rows.map(([chapter, title, ...cells], at) => {
    const [aboveChapter, aboveTitle] = rows[at - 1] ?? [];
    return [chapter === aboveChapter ? "" : chapter, title === aboveTitle ? "" : title, ...cells];
  });
}

async function writeTable(text) {
  const readme = await readFile(README, "utf8");
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md has no ${BEGIN} ... ${END}`);
  await writeFile(README, `${readme.slice(0, from + BEGIN.length)}\n${text}\n${readme.slice(to)}`);
}
