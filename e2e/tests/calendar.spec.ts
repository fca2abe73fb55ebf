/** The year by day: its worst day is two gestures away, and days are chosen by the pointer and by the keyboard alike. */
import type { Page } from "@playwright/test";
import { expect, fact, test } from "./support.ts";

const byDay = (page: Page) => page.getByRole("region", { name: "By day" });

test("the worst day at LGA in two gestures", async ({ page, request }) => {
  const fields = "date,count,mean_delay";
  const { items } = await (await request.get(`/api/v1/delays?by=date&origin=LGA&fields=${fields}`)).json();
  const ranked = items
    .filter(({ count }: { count: number }) => count >= 30)
    .sort((a: { mean_delay: number }, b: { mean_delay: number }) => a.mean_delay - b.mean_delay);
  const worst = ranked.at(-1);
  await page.goto("/delays?origin=LGA"); // the first gesture: LGA
  const link = byDay(page).locator('a[data-extreme="worst"]');
  await expect(link).toHaveAttribute("data-date", worst.date);
  await byDay(page).getByText("most:").getByRole("link").last().click();
  await expect(page).toHaveURL(`/delays?origin=LGA&date=${worst.date}`);
  await expect(fact(page.getByRole("region", { name: "Summary" }), /^flights$/)).toHaveText(
    String(worst.count),
  );
  await expect(link).toHaveAttribute("aria-current", "true");
});

test("a drag over days chooses their range, and leaves the year in sight", async ({ page }) => {
  await page.goto("/delays");
  const day = (date: string) => byDay(page).locator(`[data-date="${date}"]`);
  await day("2013-07-03").scrollIntoViewIfNeeded();
  await day("2013-07-03").hover();
  await page.mouse.down();
  await day("2013-07-04").hover();
  await day("2013-07-07").hover();
  await page.mouse.up();
  await expect(page).toHaveURL("/delays?from=2013-07-03&to=2013-07-07");
  await expect(byDay(page).locator('a[aria-current="true"]')).toHaveCount(5);
  await expect(byDay(page).locator("a[data-date]")).toHaveCount(365);
});

test("the calendar is one stop of the Tab key; arrows go from day to day, with Shift they choose several", async ({
  page,
}) => {
  await page.goto("/delays");
  await expect(byDay(page).locator("a[data-date]")).toHaveCount(365);
  await expect(byDay(page).locator("a[data-date]:not([tabindex='-1'])")).toHaveCount(1);
  await byDay(page).locator("a[data-date][tabindex='0']").focus();
  const at = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.date);
  const first = await at();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  expect(daysFrom(first, await at())).toBe(8);
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Enter");
  const from = new URL(page.url()).searchParams.get("from") ?? undefined;
  const to = new URL(page.url()).searchParams.get("to") ?? undefined;
  expect([daysFrom(first, from), daysFrom(first, to)]).toEqual([8, 10]);
});

test("the calendar goes by the measure that is chosen, and has its figures as a table", async ({ page }) => {
  await page.goto("/delays");
  await page.getByRole("radio", { name: "Cancelled" }).click();
  await expect(page).toHaveURL("/delays?measure=cancelled");
  await expect(byDay(page).locator('a[data-extreme="worst"]')).toHaveAttribute("data-date", "2013-02-09");
  await byDay(page).getByText("As a table").click();
  await expect(byDay(page).getByRole("table", { name: "" }).last().getByRole("row")).toHaveCount(366);
});

function daysFrom(first: string | undefined, date: string | undefined): number {
  return (Date.parse(date ?? "") - Date.parse(first ?? "")) / 86_400_000;
}
