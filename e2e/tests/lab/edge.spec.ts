/** The Lab behind the edge (`make lab-stack`): over TLS and HTTP/2, through the links too, and what the edge has kept. */
import { expect, test } from "../support.ts";
import { measured, run, through } from "./support.ts";

const EDGE = { tag: ["@lab", "@edge"] };

test("the edge answers from its cache without the API", EDGE, async ({ page }) => {
  test.setTimeout(90_000);
  await page.goto("/lab/edge?seconds=3");
  await run(page);
  const [api, edge] = await measured(page, "server, ms").getByRole("cell").allInnerTexts();
  expect(Number.parseFloat(api ?? "")).toBeGreaterThan(0);
  expect(edge).toBe("0.00 (0.00)");
});

test(
  "a batch is measured over HTTP/2 at a distance, and its result says so and keeps it in its link",
  EDGE,
  async ({ page, request, context }) => {
    test.setTimeout(120_000);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(await through(request, "100 ms", "batch?seconds=6"));
    await expect(page.getByRole("region", { name: "Network" })).toContainText("Network: 100 ms, h2.");
    await run(page);
    await expect(page.getByTestId("verdict").first()).toContainText(/times faster/);
    await expect(page.getByText(/Network 100 ms, h2, the quickest ping \d/)).toBeVisible();
    await expect(measured(page, "round trips")).toContainText(/6.*6.*1/);

    await page.getByRole("button", { name: /link/i }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await page.goto("about:blank");
    await page.goto(link);
    await expect(page.getByText(/^A result from 100 ms, h2, /)).toBeVisible();
  },
);

test("its pages are isolated from other origins, which gives a finer clock", EDGE, async ({ page }) => {
  await page.goto("/lab");
  await expect(page.getByRole("heading", { name: "The Lab", level: 1 })).toBeVisible();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
