/** Delays: a verdict, and charts whose every mark filters in place and then leads to the flights behind it. */
import { expect, fact, filters, flightRows, test, unfold } from "./support.ts";

const CHARTS = [
  { region: "By airline", mark: /^Alaska Airlines Inc\.: /, leadsTo: "/?carrier=AS" },
  { region: /^By route/, mark: /^JFK – LAX/, leadsTo: "/?origin=JFK&dest=LAX" },
  { region: "By hour and weekday", mark: /Friday .*17/, leadsTo: "/?hour=17&weekday=5" },
  { region: /^By hour of departure/, mark: /^0?6/, leadsTo: "/?hour=6" },
  { region: "By weekday", mark: /^Saturday: /, leadsTo: "/?weekday=6" },
  { region: "By month", mark: /^September: /, leadsTo: "/?month=2013-09" },
] as const;

for (const { region, mark, leadsTo } of CHARTS) {
  test(`a mark of the chart ${region} filters in place, and then leads to the flights behind it`, async ({
    page,
  }) => {
    await page.goto("/delays");
    const chart = page.getByRole("region", { name: region, exact: true });
    await chart.scrollIntoViewIfNeeded(); // a chart is drawn when it comes near the screen
    const link = chart.getByRole("link", { name: mark }).first();
    const words = await link.getAttribute("aria-label");
    const told = /([\d,]+) flights/.exec(words ?? "")?.[1];
    await link.click();
    await expect(page).toHaveURL(`/delays${leadsTo.slice(1)}`);
    const flights = fact(page.getByRole("region", { name: "Summary" }), /^flights$/);
    await expect(flights).toHaveText(told ?? "(none told)");
    await expect(chart.getByRole("link")).toHaveCount(1); // the only one left: a cell, or the name in a sentence
    await chart.getByRole("link").click();
    await expect(page).toHaveURL(leadsTo);
    await expect(flights).toHaveText(told ?? "(none told)");
    await expect(flightRows(page).first()).toBeVisible();
  });
}

test("what a mark did is undone where it was pressed, or its flights are opened there", async ({ page }) => {
  await page.goto("/delays?origin=JFK");
  const months = page.getByRole("region", { name: "By month" });
  await months.scrollIntoViewIfNeeded();
  await months.getByRole("link", { name: /^July: / }).click();
  await expect(page).toHaveURL("/delays?origin=JFK&month=2013-07");
  const offer = page.getByRole("status").filter({ hasText: "The charts show only what you pressed." });
  await expect(offer.getByRole("link", { name: /^The list of [\d,]+ flights$/ })).toBeVisible();
  await offer.getByRole("button", { name: "Undo" }).click();
  await expect(page).toHaveURL("/delays?origin=JFK");
  await expect(offer).toHaveCount(0);
  await months.getByRole("link", { name: /^June: / }).click();
  await offer.getByRole("link").click();
  await expect(page).toHaveURL("/?origin=JFK&month=2013-06");
});

test("a mark that is pressed with the keyboard keeps the focus", async ({ page }) => {
  await page.goto("/delays");
  const airlines = page.getByRole("region", { name: "By airline" });
  await airlines.getByRole("link", { name: /^United Air Lines/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/delays?carrier=UA");
  await expect(airlines.getByRole("link")).toHaveCount(1);
  await expect(airlines.getByRole("link", { name: "United Air Lines Inc." })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/?carrier=UA");
});

test("the verdict names who was least late, and when, as the API has it", async ({ page, request }) => {
  await page.goto("/delays?dest=BOS");
  const verdict = page.getByRole("region", { name: "Verdict" });
  const { items } = await (
    await request.get("/api/v1/delays?dest=BOS&by=carrier&fields=carrier,mean_delay,count")
  ).json();
  const [best] = items
    .filter(({ count }: { count: number }) => count >= 30)
    .sort((a: { mean_delay: number }, b: { mean_delay: number }) => a.mean_delay - b.mean_delay);
  const { name } = await (await request.get(`/api/v1/airlines/${best.carrier}`)).json();
  await expect(fact(verdict, "Airline, least late")).toHaveText(name);
  await expect(verdict).toContainText(`${best.count.toLocaleString("en")} flights`);
  await expect(fact(verdict, "Time of day, least late")).toHaveText(/^Morning/);
});

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
  await unfold(page);
  await filters(page).getByLabel("From", { exact: true }).selectOption("JFK");
  await expect(page).toHaveURL("/delays?origin=JFK");
  const months = page.getByRole("region", { name: "By month" });
  await months.scrollIntoViewIfNeeded();
  await months.getByRole("link", { name: /^January: .* 9,161 flights/ }).click();
  await expect(page).toHaveURL("/delays?origin=JFK&month=2013-01");
});

test("a weekday and a time of day narrow all charts down, over midnight too", async ({ page, request }) => {
  await page.goto("/delays?origin=JFK&dest=LAX");
  await unfold(page);
  await filters(page).getByRole("checkbox", { name: "Friday" }).check();
  await expect(page).toHaveURL("/delays?origin=JFK&dest=LAX&weekday=5");
  await filters(page).getByLabel("Leaving from").selectOption({ label: "Evening, 17:00–21:59" });
  await expect(page).toHaveURL("/delays?origin=JFK&dest=LAX&hour=17-21&weekday=5");
  const asked = "/api/v1/delays?origin=JFK&dest=LAX&weekday=5&fields=count&hour=";
  const flights = fact(page.getByRole("region", { name: "Summary" }), /^flights$/);
  const evening = await (await request.get(`${asked}17,18,19,20,21`)).json();
  await expect(flights).toHaveText(String(evening.items[0].count));
  const hours = page.getByRole("region", { name: "By hour of departure" });
  await hours.scrollIntoViewIfNeeded();
  await expect(hours.getByRole("link", { name: /^21:00–21:59/ })).toBeVisible();
  await expect(hours.getByRole("link", { name: /^16:00/ })).toHaveCount(0);

  await filters(page).getByLabel("Leaving from").selectOption("22:00");
  await filters(page).getByLabel("Leaving until").selectOption("02:59");
  await expect(page).toHaveURL("/delays?origin=JFK&dest=LAX&hour=22-2&weekday=5");
  const night = await (await request.get(`${asked}22,23,0,1,2`)).json();
  await expect(flights).toHaveText(String(night.items[0].count));
});

test("the summary's link shows the same flights as a list", async ({ page }) => {
  await page.goto("/delays?carrier=HA");
  await page.getByRole("link", { name: "as a list" }).click();
  await expect(page).toHaveURL("/?carrier=HA");
  await expect(flightRows(page).first()).toContainText("HA 51");
});

test("each chart is one stop of the Tab key, and the arrow keys go from mark to mark", async ({ page }) => {
  await page.goto("/delays");
  for (const { region, mark } of CHARTS) {
    const chart = page.getByRole("region", { name: region, exact: true });
    await chart.scrollIntoViewIfNeeded();
    await expect(chart.getByRole("link", { name: mark }).first()).toBeVisible();
    await expect(chart.locator("a:not([tabindex='-1'])")).toHaveCount(1);
    await expect(chart.getByText("As a table")).toBeVisible();
  }
  const airlines = page.getByRole("region", { name: "By airline" });
  await airlines.locator("a[tabindex='0']").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(airlines.getByRole("link").nth(2)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(airlines.getByText("As a table")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(airlines.getByRole("link").nth(2)).toBeFocused();

  const heat = page.getByRole("region", { name: "By hour and weekday" });
  await heat.locator("a[tabindex='0']").focus();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await expect(heat.getByRole("link", { name: /Tuesday 07:00/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/delays?hour=7&weekday=2");
  await expect(heat.getByRole("link", { name: /Tuesday 07:00/ })).toBeFocused();
});

test.describe("by night", () => {
  test.use({ colorScheme: "dark" });

  test("the heat map's figures are all of one colour, and its means are told apart", async ({ page }) => {
    await page.goto("/delays");
    const heat = page.getByRole("region", { name: "By hour and weekday" });
    await heat.scrollIntoViewIfNeeded();
    await expect(heat.getByRole("link").first()).toBeVisible();
    const looks = await heat
      .getByRole("table")
      .first()
      .getByRole("link")
      .evaluateAll((cells) =>
        cells.map((cell) => [getComputedStyle(cell).color, getComputedStyle(cell).backgroundColor]),
      );
    expect(new Set(looks.map(([ink]) => ink)).size).toBe(1);
    expect(new Set(looks.map(([, ground]) => ground)).size).toBeGreaterThan(60);
  });
});
