/** For development: the panel shows the statements of a request. Production has nothing of it. */
import type { Locator, Page } from "@playwright/test";
import { expect, fact, openPanel, settled, test, violations } from "./support.ts";

/** The details of a request that the server has computed, not taken from its cache. */
async function detailsOfComputed(page: Page, path: string): Promise<Locator> {
  await page.goto(path);
  await settled(page);
  const panel = await openPanel(page);
  const row = panel.getByRole("row", { name: /^(GET )?\/flights\/.* server [1-9]/ });
  await row.first().click();
  return panel.getByRole("region", { name: "Details" });
}

test(
  "a db span opens to its statement with values, plan, index, rows and time",
  {
    tag: ["@own", "@everywhere"],
  },
  async ({ page }, { project }) => {
    // Each project asks for a flight of its own, which no other test has put into the server's cache.
    const flight = project.name === "phone" ? 200_101 : 200_102;
    const details = await detailsOfComputed(page, `/flights/${flight}`);
    const show = details.getByRole("button", { name: "Show the statements" });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await show.focus();
    expect(asked, "nothing is asked before the span is opened").toEqual([]);
    await page.keyboard.press("Enter");
    const statement = details.getByRole("region", { name: "Statement 1" });
    await expect(statement).toContainText("SELECT");
    expect(asked).toEqual(["/api/inspection/statements"]);
    await expect(statement.getByRole("table", { name: "Bound values" })).toContainText(String(flight));
    await expect(fact(statement, "Index")).toContainText("integer primary key");
    await expect(fact(statement, "Rows")).toContainText("1 row returned; SQLite does not tell");
    await expect(fact(statement, "Alone")).toContainText(/^[\d.]+ ms, the median of 5 runs$/);
    await expect(statement).toContainText("SEARCH flights USING INTEGER PRIMARY KEY");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await expect(statement).toHaveCount(0);
  },
);

test.describe(() => {
  test.use({ complaints: /503/ });

  test("an error of the inspection is told in its place", { tag: "@own" }, async ({ page }) => {
    await page.route("**/api/inspection/**", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        json: { detail: "Another request is being inspected." },
      }),
    );
    const details = await detailsOfComputed(page, "/flights/200103");
    await details.getByRole("button", { name: "Show the statements" }).click();
    await expect(details.getByRole("alert")).toHaveText(
      "The statements are not known. Another request is being inspected.",
    );
  });
});

test("production has no inspection", { tag: "@edge" }, async ({ page, request }) => {
  for (const path of ["statements?url=/api/v1/airlines", "profiles/1"]) {
    expect((await request.get(`/api/inspection/${path}`)).status()).toBe(404);
  }
  expect((await request.post("/api/inspection/profiles")).status()).toBe(404);
  const details = await detailsOfComputed(page, "/flights/200104");
  await expect(details.getByRole("button", { name: "Show the statements" })).toHaveCount(0);
});
