/** Pages of an airline, an airport, a route and a flight number: their year, and what else one could take. */
import { expect, FAILED, fact, flightRows, settled, test } from "./support.ts";

test("how UA 1545 fared over the year, in two gestures", async ({ page, request }) => {
  await page.goto("/");
  await flightRows(page).getByRole("link", { name: "UA 1545" }).first().click();
  await page.getByRole("link", { name: "The year of UA 1545" }).click();
  await expect(page).toHaveURL("/numbers/UA1545");
  await expect(page.getByRole("region", { name: "Summary" })).toContainText(
    "80% arrive betweenless than −30 and +13.1 min",
  );
  const fields = "count,on_time_share,mean_delay";
  const answer = await request.get(`/api/v1/delays?carrier=UA&flight=1545&fields=${fields}`);
  const [total] = (await answer.json()).items;
  const summary = page.getByRole("region", { name: "Summary" });
  await expect(fact(summary, /^flights$/)).toHaveText(String(total.count));
  await expect(fact(summary, "on time")).toHaveText(`${(total.on_time_share * 100).toFixed(1)}%`);
  await expect(summary).toContainText("Wilson 95%");
  await expect(page.getByRole("region", { name: "By day" }).locator("a[data-date]")).not.toHaveCount(0);
  const routes = page.getByRole("region", { name: "Its routes" });
  await routes.scrollIntoViewIfNeeded();
  await expect(routes.getByRole("link", { name: /^EWR – IAH .* 84 flights/ })).toBeVisible();
  await expect(routes.getByRole("link", { name: /^EWR – BOS .* 1 flight$/ })).toBeVisible();
});

const PARTS = [
  ["/airlines/UA", 6],
  ["/airports/LGA", 5],
  ["/airports/BOS", 5],
  ["/routes/JFK-LAX", 6],
  ["/numbers/UA1545", 5],
] as const;

for (const [path, parts] of PARTS) {
  test(`${path} comes in one batch of at most six parts`, async ({ page, wire }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "By day" })).toBeVisible();
    await settled(page);
    expect(wire[0]?.parts).toHaveLength(parts);
    // A stale answer of the server's cache is asked for again, by its validator.
    const first = wire.filter(({ parts }) => parts.some(({ headers }) => !headers["If-None-Match"]));
    expect(first).toHaveLength(1);
  });
}

test("the airlines and hours of a number's busiest route come when they are near, in one batch", async ({
  page,
  wire,
}) => {
  await page.goto("/numbers/UA1545");
  await settled(page);
  await page.getByRole("region", { name: "Aircraft" }).scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 2000);
  await expect(page.getByRole("region", { name: "EWR – IAH: which hour" })).toContainText("Least late:");
  expect(wire.slice(1).map(({ parts }) => parts.length)).toEqual([2]);
});

test("an airline has its place among the others, and a route its airlines", async ({ page }) => {
  await page.goto("/airlines/UA");
  await expect(page.getByRole("region", { name: "Against the other airlines" })).toContainText(
    "United Air Lines Inc.: place 7 of 16, at +3.6 min (58,665 flights).",
  );
  await page.goto("/routes/JFK-LAX");
  await expect(page.getByRole("region", { name: "Which airline" })).toContainText("Least late:");
});

test("a day of the calendar leads to the flights of that day", async ({ page }) => {
  await page.goto("/airlines/HA");
  await page.getByRole("region", { name: "By day" }).locator('[data-date="2013-07-04"]').click();
  await expect(page).toHaveURL("/?carrier=HA&date=2013-07-04");
  await expect(flightRows(page)).toHaveCount(1);
});

test.describe("nothing", () => {
  test.use({ complaints: FAILED });

  test("flew so: the page says so, and is not found", async ({ page }) => {
    expect((await page.goto("/routes/JFK-ZZZ"))?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No flights of JFK to ZZZ");
    expect((await page.goto("/airlines/ua"))?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
  });
});
