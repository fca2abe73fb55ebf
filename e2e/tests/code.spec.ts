/** Code comes when it is needed. When it does not come, its place says so, the page lives on, and it can come later. */
import { expect, FAILED, settled, test } from "./support.ts";

test.describe("offline", () => {
  test.use({ complaints: FAILED });

  test("the search says so, and the page lives on", async ({ page, context }) => {
    await page.goto("/docs");
    await settled(page);
    await context.setOffline(true);
    const search = page.getByRole("button", { name: "Search flights, places, days" });
    await search.click();
    const alert = page.getByRole("alert").filter({ hasText: "The search could not be loaded" });
    await expect(alert).toContainText("You are offline.");
    await page.getByRole("button", { name: "Close" }).click();
    await expect(alert).toBeHidden();
    await expect(page.getByRole("heading", { name: "The API", level: 1 })).toBeVisible();
    await context.setOffline(false);
    await search.click();
    await expect(page.getByRole("dialog", { name: "Search flights, places, days" })).toBeVisible();
  });
});

test.describe("a file that does not come", () => {
  test.use({ complaints: FAILED });

  test("at the address one starts from leaves the frame, and a way on", async ({ page }) => {
    await page.route(/assets\/DelaysPage-.*\.js/, (route) => route.abort());
    await page.goto("/delays");
    const alert = page.getByRole("main").getByRole("alert");
    await expect(alert).toContainText("This could not be fetched.");
    await page.unroute(/assets\/DelaysPage-.*\.js/);
    await alert.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "Delays", level: 1 })).toBeVisible();
  });

  test("for the map leaves the rest of the flight's page", async ({ page }) => {
    await page.route(/assets\/RouteMap-/, (route) => route.abort());
    await page.goto("/flights/1");
    const route = page.getByRole("region", { name: "Route" });
    await route.scrollIntoViewIfNeeded();
    await expect(route.getByRole("alert")).toContainText("This could not be fetched.");
    await expect(page.getByRole("heading", { name: "UA 1545", level: 1 })).toBeVisible();
    await page.unroute(/assets\/RouteMap-/);
    await route.getByRole("button", { name: "Try again" }).click();
    await expect(route.getByRole("img")).toBeVisible();
  });

  test("for the charts leaves their sections, and one more try brings them all", async ({ page }) => {
    await page.route(/assets\/Bars-/, (route) => route.abort());
    await page.goto("/delays");
    const chart = page.getByRole("region", { name: "By airline" });
    await chart.scrollIntoViewIfNeeded();
    await expect(chart.getByRole("alert")).toBeVisible();
    await page.unroute(/assets\/Bars-/);
    await chart.getByRole("button", { name: "Try again" }).click();
    await expect(chart.getByRole("alert")).toHaveCount(0);
    await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
  });
});
