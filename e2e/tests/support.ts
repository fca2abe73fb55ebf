/** The base of every test: it watches the network, and a page with an error in its console fails. */
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Locator, type Page } from "@playwright/test";

export { expect };

/** With the tags of what it needs. */
interface PageOfOurs {
  name: string;
  path: string;
  heading: string;
  tags?: string[];
}

export const PAGES: readonly PageOfOurs[] = [
  { name: "Explore", path: "/", heading: "Flights" },
  { name: "Flight", path: "/flights/1", heading: "UA 1545" },
  { name: "Delays", path: "/delays", heading: "Delays" },
  { name: "Airline", path: "/airlines/HA", heading: "Hawaiian Airlines Inc." },
  { name: "Airport", path: "/airports/LGA", heading: "La Guardia" },
  { name: "Route", path: "/routes/JFK-LAX", heading: "JFK to LAX" },
  { name: "Number", path: "/numbers/UA1545", heading: "UA 1545" },
  { name: "API", path: "/docs", heading: "The API" },
  { name: "Lab", path: "/lab", heading: "The Lab", tags: ["@lab"] }, // the Lab
  { name: "Experiment", path: "/lab/n_plus_one", heading: "One statement for each row", tags: ["@lab"] }, // the Lab
  { name: "Not found", path: "/nowhere", heading: "Page not found" },
];

/** One request for data, as it left the browser; a batch with its parts. */
export interface Asked {
  method: string;
  path: string;
  parts: { url: string; headers: Record<string, string> }[];
}

interface Fixtures {
  /** All requests for data so far. */
  wire: Asked[];
  /** Messages that the console may have in this test, which causes an error on purpose. */
  complaints: RegExp;
  console: undefined;
}

export const test = base.extend<Fixtures>({
  // The edge may have made itself a certificate; the browser is told of it in certificate.mjs.
  request: async ({ playwright }, use) => {
    const request = await playwright.request.newContext({ ignoreHTTPSErrors: true });
    await use(request);
    await request.dispose();
  },
  complaints: [/(?!)/, { option: true }],
  wire: [
    async ({ page }, use) => {
      const wire: Asked[] = [];
      page.on("request", (request) => {
        const { pathname, search } = new URL(request.url());
        if (!pathname.startsWith("/api/")) return;
        const parts = pathname.endsWith("/batch") ? request.postDataJSON().requests : [];
        wire.push({ method: request.method(), path: pathname + search, parts });
      });
      await use(wire);
    },
    { auto: true },
  ],
  console: [
    async ({ page, complaints }, use) => {
      const said: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) said.push(message.text());
      });
      page.on("pageerror", (error) => said.push(String(error)));
      await use(undefined);
      expect(
        said.filter((text) => !complaints.test(text)),
        "what the console said",
      ).toEqual([]);
    },
    { auto: true },
  ],
});

/** The browser's own message for an answer that is an error. */
export const FAILED = /Failed to load resource/;

export const flightsTable = (page: Page): Locator => page.getByRole("table", { name: /^Flights/ });

/** The flights in sight, without the row of headings. */
export const flightRows = (page: Page): Locator =>
  flightsTable(page)
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader") });

export const filters = (page: Page): Locator => page.getByRole("form", { name: "Filter the flights" });

/** Unfolds the controls of the filters, where they are folded. */
export async function unfold(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /^Filters/ });
  if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
  await expect(filters(page)).toBeVisible();
}

/** Types into one of the filters' searchable fields, and takes the first that is found. */
export async function pick(page: Page, field: string, typed: string): Promise<void> {
  const input = filters(page).getByRole("combobox", { name: field, exact: true });
  await input.fill(typed);
  await expect(page.getByRole("option", { selected: false }).first()).toBeVisible();
  await input.press("Enter");
}

/** A term of a description list, and what stands beside it. */
export const fact = (scope: Locator, term: string | RegExp): Locator =>
  scope.getByRole("term").filter({ hasText: term }).locator("xpath=following-sibling::dd[1]");

/**
 * Until the page has all that it asks for: two looks, half a second apart, see nothing under way and nothing new.
 * (Playwright's "networkidle" comes once for a document, on a busy machine before the application has even run.)
 */
export async function settled(page: Page): Promise<void> {
  let before = -1;
  const look = async () => {
    const answers = await page.evaluate(() => performance.getEntriesByType("resource").length);
    const still = answers === before && (await bar(page).getAttribute("data-pending")) === "false";
    before = answers;
    return still;
  };
  await expect.poll(look, { intervals: [500], timeout: 15_000 }).toBe(true);
}

export const bar = (page: Page): Locator => page.getByRole("region", { name: "Timings of the last action" });

export async function openPanel(page: Page): Promise<Locator> {
  await bar(page).getByRole("button", { name: "Timings" }).click();
  const panel = page.getByRole("dialog", { name: "Timings" });
  await expect(panel.getByRole("tab", { name: "Waterfall" })).toBeVisible();
  return panel;
}

/** The figures of the timing bar, such as "1 round trip" and "4 parts". */
export async function barSays(page: Page, ...words: (string | RegExp)[]): Promise<void> {
  for (const text of words) {
    await expect(bar(page).getByRole("listitem").filter({ hasText: text })).toBeVisible();
  }
}

/** "1 round trip", "3 round trips" as the bar says it, however the words are wrapped. */
export const roundTrips = (n: number): RegExp =>
  new RegExp(`^\\s*${n}\\s+round trip${n === 1 ? "" : "s"}\\s*$`);

/** The violations that axe finds in a readable form, in the whole page or within a selector: of all rules, or of those named. */
export async function violations(page: Page, within = "html", rules: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).include(within);
  const results = await (rules.length > 0 ? axe.withRules(rules) : axe).analyze();
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n${target.join(" ")}\n${failureSummary}`),
  );
}
