/**
 * `make lab`: runs every experiment in a browser without a window, through the link that suits it, prints the table,
 * writes it into the README, and all results into e2e/test-results/lab.json. At the end it runs one experiment's fast
 * side against itself, TRIES times: that is how often the Lab is fooled.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { flags, systemChromium } from "./chromium.mjs";
import { serve } from "./server.mjs";

const SECONDS = process.env.SECONDS ?? "10";
const TRIES = Number(process.env.TRIES ?? "100");
const README = new URL("../README.md", import.meta.url);
const RESULTS = new URL("test-results/lab.json", import.meta.url);
const BEGIN = "<!-- make lab: begin -->";
const END = "<!-- make lab: end -->";

const server = await serve();
const browser = await chromium.launch({ args: flags, executablePath: systemChromium() });
const results = [];
const rows = [];
const fooled = [];
let tried = 0;
try {
  const { experiments, links } = await (await fetch(`${server.url}/api/lab/experiments`)).json();
  for (const experiment of experiments) {
    const missing = experiment.sides.map(({ needs }) => needs).filter(Boolean);
    if (experiment.sides.length - missing.length < 2) {
      const needs = `not run: needs ${[...new Set(missing)].join(", ")}`;
      rows.push([experiment.chapter, experiment.title, "", needs, experiment.network]);
      continue;
    }
    const link = links.find(({ name }) => name === experiment.network);
    const origin = link ? `http://127.0.0.1:${link.port}` : server.url;
    console.error(`${experiment.chapter}: ${experiment.title}, ${experiment.network} ...`);
    try {
      const { result, verdicts } = await run(`${origin}/lab/${experiment.name}?seconds=${SECONDS}`);
      results.push(result);
      for (const { sides, said } of verdicts) {
        rows.push([experiment.chapter, experiment.title, sides, said, experiment.network]);
      }
    } catch (error) {
      process.exitCode = 1;
      console.error(error);
      rows.push([experiment.chapter, experiment.title, "", `failed: ${inALine(error)}`, experiment.network]);
    }
  }
  console.error(`Fast against fast, ${TRIES} times ...`);
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
  "",
  `Fast against fast (A/A, real runs of one second): ${tried - fooled.length} of ${tried} say "no difference detectable".`,
].join("\n");
console.log(table);
await mkdir(new URL(".", RESULTS), { recursive: true });
await writeFile(RESULTS, JSON.stringify(results, null, 1));
await writeTable(table);
console.error(`\nAll samples: ${fileURLToPath(RESULTS)}`);

/** As a person would: opens the page, presses Run, waits, reads the verdicts and saves the samples. */
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

/** When and where: nothing where no experiment has run. */
function circumstances(environment) {
  if (!environment) return "";
  const { machine, browser, at } = environment;
  return `On ${at.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores; Python ${machine.python}, SQLite ${machine.sqlite}; ${browser}. `;
}

/** As much of an error as a cell of the table can hold. */
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
