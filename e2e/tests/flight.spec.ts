/** The page of a flight: its schedule and its actual times. */
import { expect, fact, flightRows, test } from "./support.ts";

test("shows the planned and the actual times, each in the airport's own time", async ({ page }) => {
  await page.goto("/flights/1");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("UA 1545");
  await expect(page.getByText("It arrived 11 min late.")).toBeVisible();
  const picture = page.getByRole("region", { name: "Planned and flown" });
  for (const time of ["05:15", "05:17", "08:19", "08:30"]) {
    await expect(picture.getByText(time, { exact: true })).toBeVisible();
  }
});

test("draws the route on a map, without a request to another server", async ({ page, baseURL }) => {
  const strangers: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${baseURL}/`) && !request.url().startsWith("data:"))
      strangers.push(request.url());
  });
  await page.goto("/flights/1");
  const map = page.getByRole("img", {
    name: "Map of the route from Newark Liberty Intl to George Bush Intercontinental",
  });
  await expect(map).toBeVisible();
  await expect(map.locator("path").first()).toBeAttached();
  expect(strangers).toEqual([]);
});

test("names the aircraft and the weather of that hour", async ({ page }) => {
  await page.goto("/flights/1");
  const main = page.getByRole("main");
  await expect(fact(main, "Model")).toHaveText("BOEING 737-824");
  await expect(fact(main, "Temperature")).toContainText("39");
  await fact(main, "Tail number").getByRole("link", { name: "N14228" }).click();
  await expect(page).toHaveURL("/?tailnum=N14228");
  await expect(flightRows(page).first()).toBeVisible();
});

test("shows the delays under this number over the year, with links to the other flights", async ({
  page,
}) => {
  await page.goto("/flights/1");
  const year = page.getByRole("region", { name: /UA 1545 over the year/ });
  await year.scrollIntoViewIfNeeded(); // a chart is drawn when it comes near the screen
  await year.getByRole("link", { name: /^October: / }).click();
  await expect(page).toHaveURL("/?carrier=UA&flight=1545&month=2013-10");
  await expect(flightRows(page)).toHaveCount(5);

  await page.goBack();
  const last = page.getByRole("region", { name: "Last flown as UA 1545" });
  const link = last.getByRole("link").first();
  const target = await link.getAttribute("href");
  await link.click();
  await expect(page).toHaveURL(target ?? "");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("UA 1545");
});

test("a cancelled flight has no departure, and says so", async ({ page, request }) => {
  const { items } = await (await request.get("/api/v1/flights?status=cancelled&limit=1")).json();
  await page.goto(`/flights/${items[0].id}`);
  await expect(
    page
      .getByRole("main")
      .getByText(/cancelled/i)
      .first(),
  ).toBeVisible();
});

test("a flight to an airport that is not in the data is shown too", async ({ page }) => {
  await page.goto("/flights/4");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("B6 725");
  await expect(page.getByRole("main")).toContainText("BQN");
});

test("the list's fields show at once while the rest of the flight is on its way", async ({ page }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  let letPass = () => {};
  const mayPass = new Promise<void>((resolve) => (letPass = resolve));
  await page.route("**/api/v1/**", async (route) => {
    await mayPass;
    await route.continue();
  });
  await page.getByRole("link", { name: "UA 1545" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("UA 1545");
  letPass();
  await expect(page.getByRole("img", { name: /^Map of the route/ })).toBeVisible();
});

test("a flight that left and came on another day says so, and nothing is printed over it", {
  tag: "@everywhere",
}, async ({ page }) => {
  await page.goto("/flights/7073");
  const picture = page.getByRole("region", { name: "Planned and flown" });
  await expect(picture.getByText("+1 day")).toHaveCount(2);
  await expect(page.getByText("It arrived 21 h 12 min late.")).toBeVisible();
  const marks = picture.locator("time > span, small, [data-at], [data-at] > span[aria-hidden]");
  const boxes = await marks.evaluateAll((all) =>
    all.map((mark) => ({ words: mark.outerHTML.slice(0, 80), ...mark.getBoundingClientRect().toJSON() })),
  );
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      expect(across > 1 && down > 1, `${one.words} over ${other.words}`).toBe(false);
    }
  }
});
