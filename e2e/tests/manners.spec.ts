/** Accessibility: light and dark themes, the keyboard, names for screen readers, and a stable layout. */
import type { Page } from "@playwright/test";
import {
  expect,
  FAILED,
  flightRows,
  openPanel,
  PAGES,
  settled,
  test,
  unfold,
  violations,
} from "./support.ts";

test.use({ complaints: FAILED }); // the page that is not found

for (const { name, path, heading, tags = [] } of PAGES) {
  const tag = ["@everywhere", ...tags];
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${name}, ${colorScheme}`, () => {
      test.use({ colorScheme });
      // The dark edition has the same elements in other colours.
      const rules = colorScheme === "dark" ? ["color-contrast", "link-in-text-block"] : [];

      test("axe finds nothing, with the panel closed or open", { tag }, async ({ page }) => {
        test.slow(); // axe reads the page twice; a calendar alone is 365 links
        await page.goto(path);
        await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
        await settled(page);
        expect(await violations(page, "html", rules)).toEqual([]);
        const panel = await openPanel(page);
        expect(await violations(page, ".dock", rules)).toEqual([]);
        const round = panel.getByRole("row", { level: 2 }).first();
        if ((await round.count()) > 0) {
          await round.click();
          await expect(panel.getByRole("region", { name: "Details" })).toBeVisible();
          expect(await violations(page, "html", rules)).toEqual([]);
        }
      });
    });
  }

  test(`${name}: nothing jumps while it loads`, { tag }, async ({ page }) => {
    await watchMoves(page);
    await page.route("**/api/v1/**", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue();
    });
    await page.goto(path);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await settled(page);
    await page.waitForTimeout(300);
    const { score, what } = await moves(page);
    expect(score, what.join("\n")).toBeLessThan(0.02);
  });

  test(`${name}: nothing jumps while it is scrolled by the wheel`, { tag }, async ({ page }) => {
    await watchMoves(page);
    await page.goto(path);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await settled(page);
    await page.mouse.move(4, 400);
    for (const step of [120, 400, 900, -120, -700, 1500]) {
      for (let turn = 0; turn < 5; turn += 1) {
        await page.mouse.wheel(0, step);
        await page.waitForTimeout(40);
      }
    }
    await settled(page);
    const { score, what } = await moves(page);
    expect(score, what.join("\n")).toBeLessThan(0.02);
  });

  test(`${name}: nothing is wider than the screen`, { tag }, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await settled(page);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
  });
}

test("the edition follows the system, then the reader's choice, which a reload keeps", async ({ page }) => {
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/docs");
  const day = await paper();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(paper).not.toBe(day);
  const night = await paper();
  await page.getByRole("button", { name: /^Edition: as the system has it/ }).click();
  await expect.poll(paper).toBe(day);
  await page.reload();
  expect(await paper()).toBe(day);
  await page.getByRole("button", { name: /^Edition: day/ }).click();
  await expect.poll(paper).toBe(night);
  await page.getByRole("button", { name: /^Edition: night/ }).click();
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(paper).toBe(day);
});

test("the keyboard alone leads from the list to a flight and on to the charts", async ({ page }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: "UA 1545" }).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("UA 1545");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("main").getByRole("link", { name: "United Air Lines Inc." })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/airlines/UA");
  await expect(page.getByRole("region", { name: "By day" })).toBeVisible();
});

test("everything that has the focus shows it", async ({ page }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await unfold(page);
  await page.getByRole("link", { name: "Skip to the content" }).focus();
  for (let i = 0; i < 36; i += 1) {
    await page.keyboard.press("Tab");
    const shown = await page.evaluate(() => {
      const element = document.activeElement as Element;
      // The parts of a date field are the browser's own; each shows that it has the focus in the browser's own way.
      if (element.matches("input[type=date]")) return true;
      // A weekday's box lies unseen over its word, which is outlined; a flight's link, drawn after it, is its whole row.
      const looks = [
        getComputedStyle(element),
        getComputedStyle(element, "::after"),
        ...(element.matches("[type=checkbox]")
          ? [getComputedStyle(element.nextElementSibling as Element)]
          : []),
      ];
      return looks.some(
        ({ outlineStyle, outlineWidth, boxShadow }) =>
          (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none",
      );
    });
    expect(shown, await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120))).toBe(true);
  }
});

test("the waterfall is walked by the arrow keys", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await page.keyboard.press("t");
  const rows = page.getByRole("treegrid").locator("tbody").getByRole("row");
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Details" })).toContainText("POST /batch");
});

interface Moves {
  score: number;
  what: string[];
}

/** Notes each layout shift that follows no press or key, as Core Web Vitals count them. Scrolling is no excuse. */
async function watchMoves(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const moved: Moves = { score: 0, what: [] };
    Object.assign(window, { moved });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }[];
      })[]) {
        if (entry.hadRecentInput) continue;
        moved.score += entry.value;
        const sources = entry.sources.map(
          ({ node, previousRect: was, currentRect: is }) =>
            `${node?.nodeName}.${node?.className} ${was.x},${was.y} → ${is.x},${is.y}`,
        );
        moved.what.push(`${entry.value.toFixed(4)} ${sources.join("; ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

const moves = (page: Page): Promise<Moves> =>
  page.evaluate(() => (window as unknown as { moved: Moves }).moved);

async function tabTo(page: Page, target: import("@playwright/test").Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(target).toBeFocused({ timeout: 1 });
  }).toPass({ intervals: [0] });
}
