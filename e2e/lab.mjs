/**
 * `make lab`: runs every experiment in a browser without a window, through the link that suits it, prints the table,
 * writes it into the README, and all results into e2e/test-results/lab.json.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { flags, systemChromium } from "./chromium.mjs";
import { serve } from "./server.mjs";

const SECONDS = process.env.SECONDS ?? "10";
const README = new URL("../README.md", import.meta.url);
const RESULTS = new URL("test-results/lab.json", import.meta.url);
const BEGIN = "<!-- make lab: begin -->";
const END = "<!-- make lab: end -->";

const server = await serve();
const browser = await chromium.launch({ args: flags, executablePath: systemChromium() });
const results = [];
const rows = [];
try {
  const { experiments, links } = await (await fetch(`${server.url}/api/lab/experiments`)).json();
  for (const experiment of experiments) {
    const link = links.find(({ name }) => name === experiment.network);
    const origin = link ? `http://127.0.0.1:${link.port}` : server.url;
    process.stderr.write(`${experiment.chapter}: ${experiment.title}, ${experiment.network} ...\n`);
    const { result, verdicts } = await run(`${origin}/lab/${experiment.name}?seconds=${SECONDS}`);
    results.push(result);
    for (const said of verdicts) rows.push([experiment.chapter, experiment.title, said, experiment.network]);
  }
} finally {
  await browser.close();
  server.stop();
}

const { machine, browser: name, at } = results[0].environment;
const table = [
  `On ${at.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores; Python ${machine.python}, SQLite ${machine.sqlite}; ${name}; 95 % intervals of the ratio of median wall times in the browser:`,
  "",
  "| chapter | experiment | verdict | network |",
  "|---|---|---|---|",
  ...rows.map((cells) => `| ${cells.join(" | ")} |`),
].join("\n");
console.log(table);
await mkdir(new URL(".", RESULTS), { recursive: true });
await writeFile(RESULTS, JSON.stringify(results, null, 1));
await writeTable(table);
console.error(`\nAll samples: ${fileURLToPath(RESULTS)}`);

/** As a person would: opens the page, presses Run, waits, reads the verdicts and saves the samples. */
async function run(url) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(url);
  await page.getByRole("button", { name: /^Run/ }).click();
  const verdict = page.getByTestId("verdict");
  await verdict.first().waitFor({ timeout: (Number(SECONDS) + 60) * 1000 });
  const verdicts = await verdict.allInnerTexts();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /JSON/ }).click();
  const result = JSON.parse(await readFile(await (await download).path(), "utf8"));
  await page.close();
  return { result, verdicts: verdicts.map((text) => text.replaceAll(/\s+/g, " ").trim()) };
}

async function writeTable(text) {
  const readme = await readFile(README, "utf8");
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md has no ${BEGIN} ... ${END}`);
  await writeFile(README, `${readme.slice(0, from + BEGIN.length)}\n${text}\n${readme.slice(to)}`);
}
