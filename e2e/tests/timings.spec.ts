/** The timing bar and its panel: what they say is what happened. */
import { readFile } from "node:fs/promises";
import {
  bar,
  barSays,
  expect,
  flightRows,
  flightsTable,
  openPanel,
  roundTrips,
  settled,
  test,
} from "./support.ts";

test("the bar's figures equal those of the network", async ({ page, wire }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await settled(page);
  const parts = wire.reduce((sum, asked) => sum + asked.parts.length, 0);
  await barSays(page, roundTrips(wire.length), `${parts} parts`);

  wire.length = 0;
  await flightsTable(page)
    .getByRole("button", { name: /^Miles/ })
    .click();
  await expect(page).toHaveURL("/?sort=-distance");
  await expect(flightRows(page).first()).toContainText("HNL");
  await settled(page);
  await expect(bar(page)).toContainText("sort by -distance");
  await barSays(page, roundTrips(wire.length), "0 parts");
});

test("the bytes equal those on the wire", async ({ page }) => {
  // Asked of the browser's network itself: Chromium tells of a streamed answer that was read to its end, now and then,
  // that it was aborted, and Playwright's sizes() knows of none then.
  const network = await page.context().newCDPSession(page);
  const crossed = new Map<string, number>();
  network.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.url.endsWith("/batch")) crossed.set(requestId, 0);
  });
  network.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const before = crossed.get(requestId);
    if (before !== undefined) crossed.set(requestId, before + encodedDataLength);
  });
  await network.send("Network.enable");
  await page.goto("/");
  await settled(page);
  expect(crossed.size).toBe(1);
  const [body = 0] = crossed.values();
  expect(body).toBeGreaterThan(1_000);
  const said = await bar(page)
    .getByRole("listitem")
    .filter({ hasText: /\d k?B$/ })
    .innerText();
  const [, number, unit] = /([\d.]+) (k?B)/.exec(said) ?? [];
  const bytes = Number(number) * (unit === "kB" ? 1000 : 1);
  // A browser tells a script the size of the body, and may count the head as a flat 300 bytes.
  expect(bytes).toBeGreaterThanOrEqual(body - 60);
  expect(bytes).toBeLessThanOrEqual(body + 1_500);
});

test("the waterfall has a row for every round trip and every part of it", async ({ page, wire }) => {
  await page.goto("/flights/1");
  await settled(page);
  const panel = await openPanel(page);
  const rows = (level: number) => panel.getByRole("row", { level });
  await expect(panel.getByRole("treegrid")).toBeVisible();
  await expect(rows(2)).toHaveCount(wire.length);
  await expect(rows(3)).toHaveCount(wire.reduce((sum, { parts }) => sum + parts.length, 0));
});

test("the spans of every round trip and part sum to its wall time", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const panel = await openPanel(page);
  const rows = panel.getByRole("row", { level: 2 }).or(panel.getByRole("row", { level: 3 }));
  const count = await rows.count();
  expect(count).toBeGreaterThanOrEqual(5);
  for (let i = 0; i < count; i += 1) {
    await rows.nth(i).click();
    const table = panel.getByRole("table", { name: "Where the time went" });
    const told = await table.locator("tbody tr td:nth-of-type(2)").allInnerTexts();
    const wall = Number(
      await table
        .getByRole("row", { name: /^Wall time/ })
        .getByRole("cell")
        .nth(1)
        .innerText(),
    );
    const sum = told.reduce((sum, ms) => sum + Number(ms), 0);
    expect(Math.abs(sum - wall), `${sum} against ${wall}`).toBeLessThan(0.005 * told.length + 0.02);
    await expect(table).toContainText("✓ adds up");
  }
});

test("the wall time of a round trip is what the browser measured", async ({ page }) => {
  await page.goto("/flights/1");
  await settled(page);
  const measured = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return entries.find(({ name }) => name.includes("/api/v1/flights/1?"))?.duration ?? 0;
  });
  const panel = await openPanel(page);
  await panel.getByRole("row", { name: /^GET \/flights\/1/ }).click();
  const table = panel.getByRole("table", { name: "Where the time went" });
  const wall = Number(
    await table
      .getByRole("row", { name: /^Wall time/ })
      .getByRole("cell")
      .nth(1)
      .innerText(),
  );
  expect(wall).toBeGreaterThanOrEqual(measured - 1);
  // The page itself adds milliseconds, but on a busy machine it may wait long for its turn.
  expect(wall).toBeLessThan(measured + 2_000);
});

test("a batch that has come while the page is busy waits for the main thread, and the network is not blamed", async ({
  page,
}) => {
  const BUSY = 800; // ms
  await page.addInitScript((busy) => {
    const { fetch } = window;
    window.fetch = (...asked) => {
      const answer = fetch(...asked);
      if (String(asked[0]).endsWith("/batch")) {
        setTimeout(() => {
          const began = performance.now();
          while (performance.now() - began < busy);
        });
      }
      return answer;
    };
  }, BUSY);
  await page.goto("/");
  await settled(page);
  const measured = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return entries.find(({ name }) => name.endsWith("/batch"))?.duration ?? 0;
  });
  expect(measured).toBeGreaterThan(0);
  const panel = await openPanel(page);
  for (const row of [panel.getByRole("row", { level: 2 }), panel.getByRole("row", { level: 3 })]) {
    await row.first().click();
    const table = panel.getByRole("table", { name: "Where the time went" });
    const told = async (name: RegExp) => {
      const rows = table.locator("tbody tr").filter({ has: page.getByRole("rowheader", { name }) });
      const amounts = await rows.locator("td:nth-of-type(2)").allInnerTexts();
      return amounts.reduce((sum, ms) => sum + Number(ms), 0);
    };
    expect(await told(/main thread/)).toBeGreaterThan(BUSY - measured);
    expect(await told(/network/)).toBeLessThanOrEqual(measured);
    await expect(table).toContainText("✓ adds up");
  }
});

test("an answer from memory is shown as one, without server times", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await page.getByRole("link", { name: "Delays", exact: true }).click();
  await settled(page);
  await page.getByRole("link", { name: "Explore", exact: true }).click();
  await expect(flightRows(page).first()).toBeVisible();
  await barSays(page, roundTrips(0), /memory/);
  const panel = await openPanel(page);
  const hit = panel.getByRole("row", { name: /memory/ }).first();
  await hit.click();
  const details = panel.getByRole("region", { name: "Details" });
  await expect(details).toContainText("no request was made");
  await expect(details.getByRole("table")).toHaveCount(0);
});

test("an answer that the browser's own cache replays shows none of the server's old times", async ({
  page,
  request,
}) => {
  // The second context of data: memory and storage are cleared, the browser's cache is not.
  await page.goto("/flights/2");
  await settled(page);
  await page.evaluate(
    () =>
      new Promise((done) => {
        const deleting = indexedDB.deleteDatabase("keyval-store");
        deleting.onsuccess = deleting.onblocked = () => done(null);
      }),
  );
  await page.goto("about:blank");
  await page.goto("/flights/2");
  await settled(page);
  expect((await request.get("/api/v1/flights/2")).headers()["cache-control"]).toContain("max-age=");
  const panel = await openPanel(page);
  const row = panel.getByRole("row", { name: /^GET \/flights\/2/ });
  await expect(row).toContainText("browser");
  await row.click();
  const table = panel.getByRole("table", { name: "Where the time went" });
  for (const name of ["db", "serialize", "server"]) {
    await expect(table.getByRole("rowheader", { name: new RegExp(`^${name}`) })).toHaveCount(0);
  }
});

test("a second visitor is served from the server's cache, and the panel says so", async ({
  page,
  browser,
}) => {
  await page.goto("/flights/3");
  await settled(page);
  const other = await browser.newPage();
  await other.goto("/flights/3");
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("AA 1141");
  await settled(other);
  const panel = await openPanel(other);
  await expect(panel.getByRole("row", { name: /^GET \/flights\/3/ })).toContainText(
    /server cache|edge cache/,
  );
  await other.close();
});

test("the export is a HAR file with every round trip in it", async ({ page, wire }) => {
  await page.goto("/flights/1");
  await settled(page);
  const panel = await openPanel(page);
  const downloading = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Export HAR" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^roundtrip-.*\.har$/);
  const { log } = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(log.version).toBe("1.2");
  expect(log.creator.name).toBeTruthy();
  expect(log.entries).toHaveLength(wire.length);
  for (const entry of log.entries) {
    expect(Number.isNaN(Date.parse(entry.startedDateTime))).toBe(false);
    expect(entry.request).toMatchObject({ method: expect.any(String), url: expect.stringMatching(/^http/) });
    expect(entry.response.status).toBe(200);
    const { ssl, ...timings } = entry.timings;
    const phases = Object.values(timings).filter((ms): ms is number => typeof ms === "number" && ms >= 0);
    expect(phases.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(entry.time, 1);
  }
});

test("the endpoints have their median, their 95th percentile and a histogram", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const panel = await openPanel(page);
  await panel.getByRole("tab", { name: "Endpoints" }).click();
  const row = panel.getByRole("row", { name: /^GET \/flights\?/ });
  await expect(row.getByRole("cell").nth(1)).toHaveText(/ms|s$/);
  await expect(row.getByRole("img")).toBeVisible();
});

test("paused, nothing is recorded; cleared, nothing is left", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const panel = await openPanel(page);
  const trips = panel.getByRole("row", { level: 2 });
  await expect(trips).toHaveCount(1);
  await panel.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("link", { name: "Delays", exact: true }).click();
  await expect(page.getByRole("heading", { name: "By month" })).toBeAttached();
  await expect(trips).toHaveCount(1);
  await panel.getByRole("button", { name: "Clear" }).click();
  await expect(trips).toHaveCount(0);
  await panel.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("link", { name: "Explore", exact: true }).click();
  await expect(panel.getByRole("treegrid")).toBeVisible();
});

test("the cost of the measurement is shown", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const panel = await openPanel(page);
  await expect(panel.getByText(/Cost of this panel: recording [\d.]+ m?s/)).toBeVisible();
});

test("the key T opens the panel and Escape closes it, with the focus back where it was", async ({ page }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await page.keyboard.press("t");
  const panel = page.getByRole("dialog", { name: "Timings" });
  await expect(panel.getByRole("treegrid")).toBeVisible();
  await expect(panel.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(bar(page).getByRole("button", { name: "Timings" })).toBeFocused();
});

test("the key T is not lost while the code of the bar is on its way", async ({ page }) => {
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(/\/assets\/TimingDock-[^/]*\.js$/, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await page.keyboard.press("t");
  await expect(bar(page)).toHaveCount(0);
  arrive();
  const panel = page.getByRole("dialog", { name: "Timings" });
  await expect(panel.getByRole("treegrid")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(bar(page).getByRole("button", { name: "Timings" })).toBeFocused();
});

test("on a phone the panel takes all of the screen", { tag: "@phone" }, async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const panel = await openPanel(page);
  const box = await panel.boundingBox();
  expect(box?.width).toBeGreaterThanOrEqual(388);
  expect(box?.height).toBeGreaterThan(740);
  await panel.getByRole("row", { name: /^POST \/batch/ }).click();
  await expect(panel.getByRole("table", { name: "Where the time went" })).toContainText("✓ adds up");
  await panel.getByRole("button", { name: "All round trips" }).click();
  await panel.getByRole("button", { name: "Close timings" }).click();
  await expect(panel).toBeHidden();
});
