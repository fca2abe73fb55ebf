/** Behind the edge of the production topology: HTTP/2, the Content-Security-Policy, and the edge's cache in the panel. */
import type { Page } from "@playwright/test";
import { expect, FAILED, flightRows, openPanel, PAGES, settled, test } from "./support.ts";

const EDGE = { tag: "@edge" };

/** The page itself and all that it has fetched from its own server. */
function fetched(page: Page): Promise<{ path: string; protocol: string; received: number }[]> {
  return page.evaluate(() =>
    (
      [
        ...performance.getEntriesByType("navigation"),
        ...performance.getEntriesByType("resource"),
      ] as PerformanceResourceTiming[]
    )
      .map(({ name, nextHopProtocol, transferSize }) => ({
        url: new URL(name),
        protocol: nextHopProtocol,
        received: transferSize,
      }))
      .filter(({ url }) => url.origin === location.origin)
      .map(({ url, ...entry }) => ({ path: url.pathname, ...entry })),
  );
}

test.describe("every page", () => {
  test.use({ complaints: FAILED }); // the page that is not found

  for (const { name, path, heading, tags = [] } of PAGES) {
    const needs = { tag: ["@edge", ...tags] };

    test(`${name}: everything comes over HTTP/2`, needs, async ({ page, wire }) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
      await settled(page);
      const all = await fetched(page);
      expect(all.filter(({ path }) => path.startsWith("/assets/")).length).toBeGreaterThan(1);
      expect(all.filter(({ path }) => path.startsWith("/api/"))).toHaveLength(wire.length);
      expect(all.filter(({ protocol }) => protocol !== "h2")).toEqual([]);
    });

    test(`${name}: nothing on it breaks the Content-Security-Policy`, needs, async ({ page }) => {
      const broken = await policyReports(page);
      const answer = await page.goto(path);
      expect(answer?.headers()["content-security-policy"]).toContain("default-src 'self'");
      expect(answer?.headers()["content-security-policy"]).not.toContain("unsafe");
      await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
      await page.getByRole("button", { name: /^Edition/ }).click();
      await page.getByRole("button", { name: "Search flights, places, days" }).click();
      await page.getByRole("combobox", { name: "A flight, a place, a day" }).fill("ha");
      await page.keyboard.press("Escape");
      await openPanel(page);
      await settled(page);
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight)); // some parts are drawn only when they come near
      await settled(page);
      expect(await broken()).toEqual([]);
    });
  }
});

test.describe("an injected script", () => {
  test.use({ complaints: /Content Security Policy/ });

  test("does not run, and is reported", EDGE, async ({ page }) => {
    const broken = await policyReports(page);
    await page.goto("/docs");
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'taken over'";
      document.body.append(script);
    });
    expect(await broken()).toEqual([expect.stringContaining("script-src")]);
    expect(await page.title()).not.toBe("taken over");
  });
});

test("on a second visit the assets come from the browser's cache", EDGE, async ({ page }) => {
  const assets = async () => (await fetched(page)).filter(({ path }) => path.startsWith("/assets/"));
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await settled(page);
  expect((await assets()).every(({ received }) => received > 0)).toBe(true);
  await page.goto("about:blank");
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await settled(page);
  expect((await assets()).length).toBeGreaterThan(1);
  expect((await assets()).filter(({ received }) => received > 0)).toEqual([]);
});

test(
  "the panel tells answers of the edge's cache from answers of the server",
  EDGE,
  async ({ page, browser }) => {
    const path = `/flights/${1 + Math.floor(Math.random() * 336_776)}`; // almost certainly in no cache
    const first = await detailsOf(page, path);
    await expect(first).toContainText("Made by the server for this request.");
    await expect(first).toContainText(/\d statements?, /);
    await expect(first).toContainText("h2");
    await expect(first).toContainText("✓ adds up");

    const other = await browser.newPage();
    const second = await detailsOf(other, path);
    await expect(second).toContainText("From a cache on the way to the server, which was not asked.");
    await expect(second).toContainText("a cache on the way had it");
    await expect(second).toContainText("no statement");
    await expect(second).toContainText("✓ adds up");
    for (const name of ["server", "cache", "db", "serialize", "compress"]) {
      await expect(second.getByRole("rowheader", { name: new RegExp(`^${name}`) })).toHaveCount(0);
    }
    await expect(other.getByRole("list", { name: "Answers by source" })).toContainText("1× edge cache");
    await other.close();
  },
);

/** The panel's details of the first GET of a flight's page. */
async function detailsOf(page: Page, path: string) {
  await page.goto(path);
  await settled(page);
  const panel = await openPanel(page);
  await panel.getByRole("row", { name: new RegExp(`^GET ${path}`) }).click();
  return panel.getByRole("region", { name: "Details" });
}

/** Collect what the browser reports of the policy from now on; the returned function gives it. */
async function policyReports(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const reports: string[] = [];
    Object.assign(window, { reports });
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      reports.push(`${effectiveDirective} ${blockedURI}`),
    );
  });
  return () => page.evaluate(() => (window as unknown as { reports: string[] }).reports);
}
