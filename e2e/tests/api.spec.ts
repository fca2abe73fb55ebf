/** The API's page: drawn from the API's own document. */
import { expect, settled, test } from "./support.ts";

test("code in the document is shown as code, without its backticks", async ({ page }) => {
  await page.goto("/docs");
  await settled(page);
  const main = page.getByRole("main");
  await expect(main.getByRole("table").first()).toBeVisible();
  expect(await main.innerText()).not.toContain("`");
  await expect(main.locator("td code", { hasText: /^next$/ }).first()).toBeVisible();
});
