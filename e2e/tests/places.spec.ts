/** The place in a page: a reload and the way back keep it, however far down it is; a page that is opened starts at its top. */
import type { Page } from "@playwright/test";
import { expect, flightRows, settled, test } from "./support.ts";

test("a reload keeps the place deep in a list, and asks for its pages in one round trip", async ({
  page,
  wire,
}) => {
  await page.goto("/?origin=JFK");
  const name = await goDeep(page);
  const before = wire.length;
  await page.reload();
  await expect(page.getByRole("link", { name, exact: true }).first()).toBeInViewport();
  await settled(page);
  expect(wire.slice(before)).toHaveLength(1);
  const again = wire[before]?.parts.filter(({ url }) => url.includes("after=")) ?? [];
  expect(again.length).toBeGreaterThanOrEqual(3);
});

test("Back from another document keeps the place deep in a list", async ({ page }) => {
  await page.goto("/?origin=JFK");
  const name = await goDeep(page);
  await page.goto("about:blank");
  await page.goBack();
  await expect(page.getByRole("link", { name, exact: true }).first()).toBeInViewport();
});

test("a reload keeps the place on Delays", async ({ page }) => {
  await page.goto("/delays");
  const heading = page.getByRole("heading", { name: "By month" });
  await heading.scrollIntoViewIfNeeded();
  await settled(page);
  await page.reload();
  await expect(heading).toBeInViewport();
});

test("the same address opened anew starts at the top", async ({ page }) => {
  await page.goto("/?origin=JFK");
  await goDeep(page);
  await page.goto("/docs");
  await page.goto("/?origin=JFK");
  await expect(flightRows(page).first()).toBeInViewport();
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

/** Some hundred flights down; the name of one in sight. */
async function goDeep(page: Page): Promise<string> {
  await expect(flightRows(page).first()).toBeVisible();
  await page.mouse.move(4, 500); // beside the rows, for resting on one prepares its page
  await expect(async () => {
    await page.mouse.wheel(0, 4000);
    expect(Number(await flightRows(page).last().getAttribute("aria-rowindex"))).toBeGreaterThan(350);
  }).toPass();
  await settled(page);
  const y = await page.evaluate(() => scrollY);
  for (const row of await flightRows(page).all()) {
    const box = await row.boundingBox();
    if (box && box.y > 300) return row.getByRole("link").innerText();
  }
  throw new Error(`no row is in sight at ${y}`);
}
