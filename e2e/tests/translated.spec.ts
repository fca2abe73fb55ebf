/**
 * A page that the browser translates. Translators put each text node into a <font> of their own, in what is there and
 * in whatever comes later; React knows nothing of it.
 */
import type { Page } from "@playwright/test";
import {
  bar,
  expect,
  FAILED,
  filters,
  flightRows,
  flightsTable,
  openPanel,
  PAGES,
  pick,
  settled,
  test,
  unfold,
} from "./support.ts";

test.use({ complaints: FAILED }); // the page that is not found, and the next page that fails
test.beforeEach(({ page }) => page.addInitScript(translate));

for (const { name, path, heading, tags = [] } of PAGES) {
  test(`${name}: what is folded opens, and the way to another page and back`, { tag: tags }, async ({
    page,
  }) => {
    await open(page, path);
    const folded = page.getByRole("main").locator("summary");
    for (let i = 0; i < Math.min(3, await folded.count()); i += 1) await folded.nth(i).click();
    const other = name === "API" ? (["Delays", "Delays"] as const) : (["API", "The API"] as const);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: other[0] }).click();
    await expect(page.getByRole("heading", { level: 1, name: other[1] })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await whole(page);
  });
}

test("Explore: filters, chips, an empty list, Back and Forward", async ({ page }) => {
  await open(page, "/");
  await unfold(page);
  await filters(page).getByLabel("From", { exact: true }).selectOption("LGA");
  await expect(page).toHaveURL("/?origin=LGA");
  await filters(page).getByLabel("Outcome").selectOption("cancelled");
  await expect(flightRows(page).first()).toContainText("cancelled");
  await page.getByRole("button", { name: "Remove the filter: cancelled" }).click();
  await expect(page).toHaveURL("/?origin=LGA");
  await pick(page, "To", "honolulu");
  await expect(page.getByRole("heading", { name: "No flights match" })).toBeVisible();
  await page.goBack();
  await expect(flightRows(page).first()).toContainText("LGA");
  await page.goForward();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL("/");
  await filters(page).getByLabel("Flight no.").fill("no number");
  await filters(page).getByLabel("Flight no.").press("Enter");
  await expect(page.getByRole("alert")).toContainText("It should be");
  await filters(page).getByLabel("Flight no.").fill("51");
  await expect(flightRows(page).first()).toContainText(" 51");
  await whole(page);
});

test("Explore: sorting and the next pages of the list, to its end", async ({ page }) => {
  await open(page, "/?carrier=HA");
  await flightsTable(page)
    .getByRole("button", { name: /Arrival/ })
    .click();
  await expect(page).toHaveURL("/?carrier=HA&sort=-delay");
  await page.mouse.move(4, 500);
  await expect(async () => {
    await page.mouse.wheel(0, 6000);
    await expect(page.getByText("That was all: 342 flights.")).toBeVisible({ timeout: 300 });
  }).toPass();
  await whole(page);
});

test("a list whose next page fails, and comes with the next try", async ({ page }) => {
  await open(page, "/");
  await page.route(/after=/, (route) => route.fulfill({ status: 404, body: "" }));
  await page.mouse.move(4, 500);
  await page.mouse.wheel(0, 100_000);
  await expect(page.getByText("The next flights could not be loaded.")).toBeVisible();
  await page.unroute(/after=/);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("The next flights could not be loaded.")).toBeHidden();
  await whole(page);
});

test("a flight: its year, another flight of its number, and back", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("link", { name: "UA 1545" }).first().click();
  await expect(page.getByText("It arrived 11 min late.")).toBeVisible();
  const last = page.getByRole("region", { name: "Last flown as UA 1545" });
  await last.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("UA 1545");
  await settled(page);
  await page.goBack();
  await expect(page.getByText("It arrived 11 min late.")).toBeVisible();
  await page.goBack();
  await expect(flightRows(page).first()).toContainText("UA 1545");
  await whole(page);
});

test("Delays: a filter, its chip, a chart's table, and a mark that leads to the flights", async ({
  page,
}) => {
  await open(page, "/delays");
  await unfold(page);
  await filters(page).getByLabel("From", { exact: true }).selectOption("JFK");
  await expect(page).toHaveURL("/delays?origin=JFK");
  await pick(page, "To", "honolulu");
  await page.getByRole("button", { name: /^Remove the filter: to HNL/ }).click();
  await expect(page).toHaveURL("/delays?origin=JFK");
  const weekdays = page.getByRole("region", { name: "By weekday" });
  await weekdays.scrollIntoViewIfNeeded();
  await weekdays.getByRole("link", { name: /^Friday: / }).click();
  await expect(page).toHaveURL("/delays?origin=JFK&weekday=5");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page).toHaveURL("/delays?origin=JFK");
  await expect(weekdays.getByRole("link", { name: /^Monday: / })).toBeVisible();
  const months = page.getByRole("region", { name: "By month" });
  await months.scrollIntoViewIfNeeded();
  await months.getByText("As a table").click();
  await expect(months.getByRole("table")).toContainText("January");
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL("/delays");
  await whole(page);
});

test("the API: its fields, and a place on the page", async ({ page }) => {
  await open(page, "/docs");
  await page
    .getByText(/^\d+ fields$/)
    .first()
    .click();
  await page.getByRole("navigation", { name: "Addresses" }).getByRole("link").last().click();
  await expect(page).toHaveURL(/#/);
  await whole(page);
});

test("the search: a name, no name, and a choice", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "A flight, a place, a day" }).waitFor();
  await page.keyboard.type("zeppelin");
  await expect(page.getByText(/“zeppelin”/)).toBeVisible();
  await page.getByRole("combobox", { name: "A flight, a place, a day" }).fill("hawaiian");
  await expect(page.getByRole("option").first()).toContainText("Hawaiian");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/airlines/HA");
  await whole(page);
});

test("the timings: the panel over two actions", async ({ page }) => {
  await open(page, "/");
  const panel = await openPanel(page);
  await panel.getByRole("row", { level: 2 }).first().click();
  await expect(panel.getByRole("region", { name: "Details" })).toBeVisible();
  await page.keyboard.press("Escape");
  await unfold(page);
  await filters(page).getByLabel("From", { exact: true }).selectOption("EWR");
  await settled(page);
  await expect(bar(page)).toContainText("filter origin = EWR");
  await whole(page);
});

test("the network that goes and comes back", async ({ page, context }) => {
  await open(page, "/");
  await context.setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("You are offline.")).toBeHidden();
  await whole(page);
});

test("on a phone: the folded filters, and a flight", { tag: "@phone" }, async ({ page }) => {
  await open(page, "/");
  const list = page.getByRole("list", { name: "Flights", exact: true });
  await page.getByText("Filters", { exact: true }).click();
  await filters(page).getByLabel("From", { exact: true }).selectOption("LGA");
  await expect(page.getByText("Filters (1 in use)")).toBeVisible();
  await page.getByRole("button", { name: "Clear all" }).click();
  await expect(page.getByText("Filters", { exact: true })).toBeVisible();
  await page.getByText("Filters", { exact: true }).click();
  await list.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("UA 1545");
  await page.goBack();
  await expect(list.getByRole("listitem").first()).toContainText("UA 1545");
  await whole(page);
});

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
  await expect(page.locator("h1 > font").first()).toBeVisible();
}

/** Nothing broke, and what came last is translated too. */
async function whole(page: Page): Promise<void> {
  await settled(page);
  await expect(page.getByText("could not be drawn")).toHaveCount(0);
  await expect(page.locator("main font").first()).toBeVisible();
}

/** Runs in the page. */
function translate(): void {
  const isText = (node: Node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "";
  const wrapAll = (root: Node) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = isText(root) ? [root] : [];
    while (walker.nextNode()) if (isText(walker.currentNode)) found.push(walker.currentNode);
    for (const text of found) {
      const parent = text.parentElement;
      if (!parent || parent.closest("font, script, style, noscript, title")) continue;
      const font = document.createElement("font");
      parent.replaceChild(font, text);
      font.append(text);
    }
  };
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.isConnected) wrapAll(node);
  });
  observer.observe(document, { childList: true, subtree: true });
}
