/** When the network or the server is not what it should be, the page says so in words and has a way on. */
import type { Route } from "@playwright/test";
import { expect, FAILED, flightRows, pick, settled, test, unfold } from "./support.ts";

const API = "**/api/v1/**";

const unavailable = (route: Route) =>
  route.fulfill({
    status: 503,
    contentType: "application/problem+json",
    body: JSON.stringify({
      type: "about:blank",
      title: "Service Unavailable",
      status: 503,
      detail: "The database is being moved.",
    }),
  });

test.describe("offline", () => {
  test.use({ complaints: /Failed to load resource|preload|dynamically imported/ });

  test("a banner says so, loaded data stays, and the banner goes when the network is back", async ({
    page,
    context,
  }) => {
    await page.goto("/");
    await expect(flightRows(page).first()).toBeVisible();
    await context.setOffline(true);
    await expect(page.getByText("You are offline.")).toBeVisible();
    await expect(flightRows(page).first()).toContainText("UA 1545");
    await context.setOffline(false);
    await expect(page.getByText("You are offline.")).toBeHidden();
  });

  test("data that was not loaded before loads when the network is back", async ({ page, context }) => {
    await page.goto("/");
    await expect(flightRows(page).first()).toBeVisible();
    await unfold(page);
    await context.setOffline(true);
    await pick(page, "Airline", "hawaiian");
    await expect(
      page.getByRole("alert").filter({ hasText: "The flights could not be loaded" }),
    ).toBeVisible();
    await context.setOffline(false);
    await expect(flightRows(page).first()).toContainText("HA 51");
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

  test("a page whose code was never loaded says so, and loads when the network is back", async ({
    page,
    context,
  }) => {
    await page.goto("/docs");
    await expect(page.getByRole("heading", { name: "The API", level: 1 })).toBeVisible();
    await settled(page);
    await context.setOffline(true);
    await page.getByRole("link", { name: "Delays", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("This loads when the network is back.");
    await context.setOffline(false);
    await expect(page.getByRole("heading", { name: "Delays", level: 1 })).toBeVisible();
    await expect(page.getByRole("heading", { name: "By airline" })).toBeVisible();
    // With its styles: those of a sheet that failed could not be read.
    const rules = await page.evaluate(() => [...document.styleSheets].map((sheet) => sheet.cssRules.length));
    expect(Math.min(...rules)).toBeGreaterThan(0);
  });
});

test.describe("the code that draws", () => {
  test.use({ complaints: /Failed to (load resource|fetch)/ });

  test("that does not come is told of, in the frame that is there", async ({ page }) => {
    await page.route(/\/assets\/vendor-[^/]*\.js$/, (route) => route.abort());
    await page.goto("/delays");
    await expect(page.getByRole("alert")).toHaveText(
      "The code of this page could not be fetched. Load the page anew.",
    );
    await page.unroute(/\/assets\/vendor-[^/]*\.js$/);
    await page.reload();
    await expect(page.getByRole("heading", { name: "By airline" })).toBeVisible();
  });
});

test("a slow answer gets a note after a second, and is then shown", async ({ page }) => {
  await page.route(API, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await route.continue();
  });
  await page.goto("/");
  await expect(page.getByText("The flights take a little longer than usual …")).toBeVisible();
  await expect(flightRows(page).first()).toContainText("UA 1545");
  await expect(page.getByText("longer than usual")).toBeHidden();
});

test.describe("an error of the server", () => {
  test.use({ complaints: FAILED });

  test("is shown with the server's text, and Try again sends the request again", async ({ page }) => {
    await page.route(API, unavailable);
    await page.goto("/");
    const alert = page.getByRole("alert").filter({ hasText: "The flights could not be loaded" });
    await expect(alert).toContainText("The database is being moved.", { timeout: 20_000 });
    await page.unroute(API);
    await alert.getByRole("button", { name: "Try again" }).click();
    await expect(flightRows(page).first()).toContainText("UA 1545");
  });

  test("on the next page of the list leaves the flights in place", async ({ page }) => {
    await page.goto("/");
    await expect(flightRows(page).first()).toBeVisible();
    await settled(page);
    await page.route(/after=/, unavailable);
    await page.mouse.move(4, 500);
    await page.mouse.wheel(0, 100_000);
    await expect(page.getByText("The next flights could not be loaded.")).toBeVisible({ timeout: 20_000 });
    await page.unroute(/after=/);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText("The next flights could not be loaded.")).toBeHidden();
  });

  test("is shown on the flight's page and on Delays too", async ({ page }) => {
    await page.route(API, unavailable);
    await page.goto("/flights/1");
    await expect(page.getByRole("alert")).toContainText("The database is being moved.", { timeout: 20_000 });
    await page.goto("/delays");
    await expect(page.getByRole("alert").first()).toContainText("The database is being moved.", {
      timeout: 20_000,
    });
  });
});

test.describe("an address that leads nowhere", () => {
  test.use({ complaints: FAILED });

  test("is answered with 404 and a way back", async ({ page }) => {
    const response = await page.goto("/nowhere");
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "Explore" }).click();
    await expect(flightRows(page).first()).toBeVisible();
  });

  test("a flight that does not exist: the page says so", async ({ page }) => {
    await page.goto("/flights/999999");
    await expect(page.getByRole("heading", { name: "No such flight" })).toBeVisible();
  });

  test("a flight whose id is no number: the page says so", async ({ page }) => {
    await page.goto("/flights/tomorrow");
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  });
});

test("wrong filters in the address are named and ignored", async ({ page }) => {
  await page.goto("/?origin=XYZ&min_delay=soon&carrier=HA");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("origin=XYZ");
  await expect(alert).toContainText("min_delay=soon");
  await expect(flightRows(page).first()).toContainText("HA 51");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says that it needs JavaScript", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("link", { name: "Roundtrip, home" })).toBeVisible();
    const words = page.locator("noscript");
    await expect(words).toBeVisible();
    expect(await words.textContent()).toContain("JavaScript, which is turned off here");
  });
});
