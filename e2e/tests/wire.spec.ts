/** How the pages ask: once, together, only for what they show, and never again for what they have. */
import type { Page, Request } from "@playwright/test";
import { barSays, expect, flightRows, roundTrips, settled, test } from "./support.ts";

test("a page asks for all its data in one round trip", async ({ page, wire }) => {
  for (const path of ["/", "/delays"]) {
    wire.length = 0;
    await page.goto(path);
    await settled(page);
    expect(wire.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/v1/batch"]);
    expect(wire[0]?.parts.length).toBeGreaterThan(1);
    await barSays(page, roundTrips(1), `${wire[0]?.parts.length} parts`);
  }
});

test("a page asks before the code that draws has come", async ({ page, wire }) => {
  let comes = () => {};
  const waited = new Promise<void>((resolve) => (comes = resolve));
  await page.route(/\/assets\/(vendor|app)-[^/]*\.js$/, async (route) => {
    await waited;
    await route.continue();
  });
  for (const path of ["/?origin=JFK", "/delays", "/flights/1"]) {
    wire.length = 0;
    await page.goto(path, { waitUntil: "commit" });
    await expect.poll(() => wire.length, path).toBe(1);
  }
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible(); // the frame of index.html
  comes();
  await expect(page.getByRole("heading", { name: "UA 1545", level: 1 })).toBeVisible();
  await settled(page);
  expect(wire.filter(({ path }) => /\/flights\/1\?/.test(path))).toHaveLength(1); // asked once
});

test("one request alone is a plain GET, which any cache on the way can keep", async ({ page, wire }) => {
  await page.goto("/flights/1");
  await expect.poll(() => wire.length).toBeGreaterThan(0);
  expect(wire[0]).toMatchObject({ method: "GET" });
  expect(wire[0]?.path).toMatch(/^\/api\/v1\/flights\/1\?fields=/);
});

test("every request names its fields, and no two requests are equal", async ({ page, wire }) => {
  for (const path of ["/", "/flights/1", "/delays"]) {
    wire.length = 0;
    await page.goto(path);
    await settled(page);
    const urls = wire.flatMap(({ path, parts }) => (parts.length > 0 ? parts.map(({ url }) => url) : [path]));
    for (const url of urls) expect(url).toContain("fields=");
    expect(new Set(urls).size).toBe(urls.length);
  }
});

test("a reload while the data is fresh asks for nothing", async ({ page, wire }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await kept(page, parts(wire));
  // A page waits 300 ms for the storage, and then asks the server. A busy machine may take longer.
  await expect(async () => {
    wire.length = 0;
    await page.reload();
    await expect(flightRows(page).first()).toContainText("UA 1545");
    await settled(page);
    await barSays(page, roundTrips(0), /memory/);
    expect(wire).toEqual([]);
  }).toPass({ timeout: 25_000 });
});

test("a later reload shows the last data at once, and a 304 confirms it", async ({ page, wire }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await kept(page, parts(wire));
  wire.length = 0;
  await page.clock.setFixedTime(Date.now() + 10 * 60_000);
  let answers = () => {};
  const answered = new Promise<void>((resolve) => {
    answers = resolve;
  });
  await page.route("**/api/v1/**", async (route) => {
    await answered;
    await route.continue();
  });

  await page.reload();
  await expect(flightRows(page).first()).toContainText("UA 1545");
  expect(wire.length, "asked again behind what is shown").toBeGreaterThan(0);
  answers();

  const asked = wire.flatMap(({ parts }) => parts);
  expect(asked.length).toBeGreaterThan(1);
  for (const { headers } of asked) expect(headers["If-None-Match"]).toMatch(/^W\//);
  await barSays(page, /304/);
});

test("leaving a page cancels its requests", async ({ page }) => {
  await page.goto("/flights/1");
  await expect(page.getByRole("heading", { name: "UA 1545", level: 1 })).toBeVisible();
  await settled(page);
  let held: Request | undefined;
  await page.route("**/api/v1/batch", async (route) => {
    held = route.request();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await route.continue().catch(() => {}); // by now the page has taken it back
  });
  const cancelled = page.waitForEvent("requestfailed", (request) => request === held);
  await page.getByRole("link", { name: "Delays", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Delays", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "API", exact: true }).click();
  expect((await cancelled).failure()?.errorText).toContain("ERR_ABORTED");
});

test("a batch that fails is asked again as single requests", async ({ browser }) => {
  const page = await browser.newPage();
  await page.route("**/api/v1/batch", (route) => route.fulfill({ status: 502, body: "a proxy's page" }));
  await page.goto("/");
  await expect(flightRows(page).first()).toContainText("UA 1545");
  await page.close();
});

/** The client writes what it holds to the browser's storage, a moment after it came. */
async function kept(page: Page, answers: number): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              const opening = indexedDB.open("keyval-store");
              opening.onsuccess = () => {
                const database = opening.result;
                if (!database.objectStoreNames.contains("keyval")) return resolve(0);
                const asking = database.transaction("keyval").objectStore("keyval").getAll();
                asking.onsuccess = () => {
                  database.close();
                  resolve(asking.result.flatMap((value) => value.answers).length);
                };
              };
            }),
        ),
      { timeout: 10_000 },
    )
    .toBeGreaterThanOrEqual(answers);
}

/** The number of parts in the batches asked for so far. */
const parts = (wire: readonly { parts: readonly unknown[] }[]): number =>
  wire.reduce((sum, asked) => sum + asked.parts.length, 0);
