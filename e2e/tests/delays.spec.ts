/** Delays: charts whose every mark leads to the flights behind it. */
import { expect, fact, filters, flightRows, test } from "./support.ts";

const CHARTS = [
  { region: "By airline", mark: /^Alaska Airlines Inc\.: /, leadsTo: "/?carrier=AS" },
  { region: /^By route/, mark: /^JFK – LAX/, leadsTo: "/?origin=JFK&dest=LAX" },
  { region: "By hour and weekday", mark: /Friday .*17/, leadsTo: "/?hour=17&weekday=5" },
  { region: /^By hour of departure/, mark: /^0?6/, leadsTo: "/?hour=6" },
  { region: "By weekday", mark: /^Saturday: /, leadsTo: "/?weekday=6" },
  { region: "By month", mark: /^September: /, leadsTo: "/?month=2013-09" },
] as const;

for (const { region, mark, leadsTo } of CHARTS) {
  test(`a mark of the chart ${region} leads to the flights behind it`, async ({ page }) => {
    await page.goto("/delays");
    const chart = page.getByRole("region", { name: region, exact: true });
    await chart.scrollIntoViewIfNeeded(); // a chart is drawn when it comes near the screen
    const link = chart.getByRole("link", { name: mark }).first();
    const words = await link.getAttribute("aria-label");
    const told = /([\d,]+) flights/.exec(words ?? "")?.[1];
    await link.click();
    await expect(page).toHaveURL(leadsTo);
    await expect(fact(page.getByRole("region", { name: "Summary" }), /^flights$/)).toHaveText(
      told ?? "(none told)",
    );
    await expect(flightRows(page).first()).toBeVisible();
  });
}

test("each chart has its figures as a table too", async ({ page }) => {
  await page.goto("/delays");
  const chart = page.getByRole("region", { name: "By airline" });
  await chart.getByText("As a table").click();
  await expect(chart.getByRole("table").getByRole("row")).toHaveCount(17);
  await expect(chart.getByRole("table")).toContainText("Frontier Airlines Inc.");
});

test("a filter goes through all charts, and on to the flights", async ({ page }) => {
  await page.goto("/delays");
  await expect(page.getByRole("heading", { name: "By month" })).toBeVisible();
  await filters(page).getByLabel("From", { exact: true }).selectOption("JFK");
  await expect(page).toHaveURL("/delays?origin=JFK");
  const months = page.getByRole("region", { name: "By month" });
  await months.scrollIntoViewIfNeeded();
  await months.getByRole("link", { name: /^January: .* 9,161 flights/ }).click();
  await expect(page).toHaveURL("/?origin=JFK&month=2013-01");
});

test("the summary's link shows the same flights as a list", async ({ page }) => {
  await page.goto("/delays?carrier=HA");
  await page.getByRole("link", { name: "as a list" }).click();
  await expect(page).toHaveURL("/?carrier=HA");
  await expect(flightRows(page).first()).toContainText("HA 51");
});
