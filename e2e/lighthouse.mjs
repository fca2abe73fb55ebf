/**
 * Scores every page with Lighthouse, as on a middling phone (its own mobile settings), against the real server.
 * Fails when a category is under LEAST. One run of "performance" is a throw of dice: what falls short is run twice
 * more, and the median counts.
 *
 * PAGES and CATEGORIES name some of them, separated by commas.
 */
import { chromium } from "@playwright/test";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { flags, systemChromium } from "./chromium.mjs";
import { serve } from "./server.mjs";

const LEAST = 98;
const PAGES = chosen("PAGES") ?? ["/", "/flights/1", "/delays", "/docs"];
const CATEGORIES = chosen("CATEGORIES") ?? ["performance", "accessibility", "best-practices", "seo"];

const server = await serve();
const browser = await launch({
  chromePath: systemChromium() ?? chromium.executablePath(),
  chromeFlags: ["--headless=new", ...flags],
});
let failed = 0;
try {
  for (const path of PAGES) {
    const runs = [await run(path)];
    while (runs.length < 3 && shortfalls(runs[0]).length > 0) runs.push(await run(path));
    const [first] = CATEGORIES;
    const result = runs.sort((a, b) => score(a, first) - score(b, first))[runs.length >> 1];
    console.log(path.padEnd(12), CATEGORIES.map((id) => `${id} ${score(result, id)}`).join("  "));
    const short = shortfalls(result);
    for (const line of short.flatMap((id) => reasons(result, id))) console.log(`  ${line}`);
    failed += short.length;
  }
} finally {
  browser.kill();
  server.stop();
}
console.log(
  failed === 0 ? `Every page has at least ${LEAST} in every category.` : `${failed} under ${LEAST}.`,
);
process.exitCode = failed === 0 ? 0 : 1;

/** The list in an environment variable, if it is set. */
function chosen(name) {
  return process.env[name]?.split(",");
}

async function run(path) {
  const { lhr } = await lighthouse(server.url + path, {
    port: browser.port,
    logLevel: "error",
    onlyCategories: CATEGORIES,
  });
  if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
  return lhr;
}

function score(lhr, id) {
  return Math.round(lhr.categories[id].score * 100);
}

function shortfalls(lhr) {
  return CATEGORIES.filter((id) => score(lhr, id) < LEAST);
}

/** The audits that cost a category its points. */
function reasons(lhr, id) {
  return lhr.categories[id].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.98)
    .map((ref) => {
      const { title, score, displayValue = "" } = lhr.audits[ref.id];
      return `${id}: ${title}: ${score} ${displayValue}`;
    });
}
