/** Search: a flight, a place, a day or a question, from anywhere, without touching a mouse. */
import { expect, flightRows, settled, test, violations } from "./support.ts";

const box = "A flight, a place, a day";

test("a slash, a name and Enter lead to the page of a place, the next choice to its flights", async ({
  page,
}) => {
  await page.goto("/delays");
  await page.getByRole("button", { name: "Search flights, places, days" }).waitFor();
  await settled(page);
  await page.keyboard.press("/");
  await expect(page.getByRole("combobox", { name: box })).toBeFocused();
  await page.keyboard.type("los ang");
  await expect(page.getByRole("option").first()).toContainText("Los Angeles Intl");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/airports/LAX");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Los Angeles Intl");
  await page.keyboard.press("/");
  await expect(page.getByRole("combobox", { name: box })).toBeFocused();
  await page.keyboard.type("los ang");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/?dest=LAX");
  await expect(flightRows(page).first()).toContainText("LAX");
  await expect(page.getByRole("combobox", { name: box })).toBeHidden();
});

test("a code finds its airline, and the arrow keys choose another", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Search flights, places, days" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: box }).waitFor();
  await page.keyboard.type("ha");
  await expect(page.getByRole("option").first()).toContainText("Hawaiian");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/airlines/HA");
});

test("typing asks the server for nothing", async ({ page, wire }) => {
  await page.goto("/docs");
  await page.getByRole("button", { name: "Search flights, places, days" }).waitFor();
  await settled(page);
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: box }).waitFor();
  const before = wire.length;
  for (const query of ["N14228", "o'hare", "4 july", "bostn", "united 1545", "dark"]) {
    await page.getByRole("combobox", { name: box }).fill(query);
    await expect(page.getByRole("option").first()).toBeVisible();
  }
  expect(wire).toHaveLength(before);
});

test("an open search has no accessibility violations, empty and with finds", async ({ page }) => {
  await page.goto("/docs");
  await page.getByRole("button", { name: "Search flights, places, days" }).waitFor();
  await page.keyboard.press("/");
  await expect(page.getByRole("option").first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.type("houston");
  await expect(page.getByRole("option").first()).toContainText("George Bush");
  expect(await violations(page)).toEqual([]);
});

test("an unknown name gets a message, and Escape closes the search", async ({ page }) => {
  await page.goto("/");
  const button = page.getByRole("button", { name: "Search flights, places, days" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: box }).waitFor();
  await page.keyboard.type("zeppelin");
  await expect(page.getByText("Nothing here is called “zeppelin”.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("combobox", { name: box })).toBeHidden();
  await expect(button).toBeFocused();
});

test("works by touch on a phone", { tag: "@phone" }, async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Search flights, places, days" }).tap();
  await page.getByRole("combobox", { name: box }).fill("HNL");
  await page.getByRole("option", { name: /Honolulu.*flights$/ }).tap();
  await expect(page).toHaveURL("/?dest=HNL");
});

test("a found airport is added to the filters in use", async ({ page }) => {
  await page.goto("/delays?origin=JFK&month=2013-07");
  await page.getByRole("button", { name: "Search flights, places, days" }).waitFor();
  await settled(page);
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: box }).waitFor();
  await page.keyboard.type("los ang");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/?origin=JFK&dest=LAX&month=2013-07");
});
