/** The Lab, through the delay link: the verdicts whose direction physics decides, and what a stranger may send it. */
import { readFile } from "node:fs/promises";
import { expect, FAILED, openPanel, settled, test, violations } from "../support.ts";
import { catalogue, measured, run, through } from "./support.ts";

for (const { name, network, counted, saying, tags } of [
  { name: "batch", network: "100 ms", counted: "round trips", saying: /6.*1/, tags: ["@lab"] },
  { name: "n_plus_one", network: "20 ms", counted: "statements", saying: /151.*1/, tags: ["@lab"] },
  { name: "stampede", network: "20 ms", counted: "computations", saying: /50.*1/, tags: ["@lab", "@sqlite"] },
]) {
  test(`${name} through the link of ${network}: the fast side is faster`, { tag: tags }, async ({
    page,
    request,
  }) => {
    test.setTimeout(90_000);
    await page.goto(await through(request, network, `${name}?seconds=6`));
    await run(page);
    await expect(page.getByTestId("verdict").last()).toContainText(/times faster/);
    await expect(measured(page, counted)).toContainText(saying);
    await expect(page.getByTestId("verdict").last()).not.toContainText(/NaN|Infinity/);
  });
}

test("a result has a link that shows it again, with its samples", { tag: "@lab" }, async ({
  page,
  request,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(await through(request, "0 ms", "n_plus_one?seconds=1"));
  await run(page);
  const verdict = await page.getByTestId("verdict").innerText();
  await page.getByRole("button", { name: /link/i }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain("/lab/n_plus_one");
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByTestId("verdict").first()).toHaveText(verdict);
  expect(await violations(page)).toEqual([]);
});

test("an experiment has the code of both halves, with an address for each line, and examples to copy", {
  tag: "@lab",
}, async ({ page, context }) => {
  test.setTimeout(90_000); // axe looks at each word of the code
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/lab/batch");
  await page.getByRole("heading", { name: "The code" }).scrollIntoViewIfNeeded();
  const browser = "frontend/packages/roundtrip-client/src/techniques/batch.ts";
  await expect(page.getByRole("region", { name: browser })).toContainText("export function batch(");
  await page.getByRole("tab", { name: "batch.py server" }).click();
  const server = page.getByRole("region", { name: "backend/flask_roundtrip/src/flask_roundtrip/batch.py" });
  await expect(server).toContainText("class Batch");
  await page.getByRole("heading", { name: "Take it away" }).scrollIntoViewIfNeeded();
  await page.getByRole("button", { name: "Copy batch.py" }).click();
  await expect(page.getByText("Copied.")).toBeVisible();
  const example = new URL("../../../backend/flask_roundtrip/examples/batch.py", import.meta.url);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await readFile(example, "utf8"));
  expect(await violations(page)).toEqual([]);
  await server.getByRole("link", { name: "Line 12", exact: true }).click();
  await expect(page).toHaveURL(/\/lab\/source\/backend\/flask_roundtrip\/.+\/batch\.py#L12$/);
  await expect(page.getByRole("heading", { name: "batch.py", level: 1 })).toBeVisible();
  await expect(page.locator("[data-marked]")).toContainText("12");
  await expect(page.getByRole("link", { name: "Six questions, one round trip" })).toBeVisible();
});

test.describe("where no server answers", () => {
  test.use({ complaints: FAILED });

  test("a result link shows the same verdicts, from its own samples", { tag: "@lab" }, async ({
    page,
    request,
    context,
  }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(await through(request, "0 ms", "n_plus_one?seconds=2"));
    await run(page);
    const said = () =>
      Promise.all(["verdict", "at-the-server"].map((id) => page.getByTestId(id).first().innerText()));
    const before = await said();
    expect(before[1]).toMatch(/^Server time: .+ Server's CPU: .+$/);
    await page.getByRole("button", { name: "Copy a link to this result" }).click();
    await expect(page.getByText(/now holds the result/)).toBeVisible();
    await page.route("**/api/**", (route) => route.abort());
    await page.reload();
    await expect(page.getByTestId("verdict").first()).toBeVisible();
    expect(await said()).toEqual(before);
    expect(await violations(page)).toEqual([]);
  });
});

test("a run takes about as long as it was told, and the list shows its result", { tag: "@lab" }, async ({
  page,
}) => {
  test.setTimeout(60_000);
  await page.goto("/lab/n_plus_one?precision=0.01&rounds=1000");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeVisible();
  const began = Date.now();
  await run(page);
  const took = (Date.now() - began) / 1000;
  expect(took).toBeGreaterThan(8);
  expect(took).toBeLessThan(12);
  await expect(page.getByText(/^It took [\d.]+ s of about 10: the time was up\.$/)).toBeVisible();
  const verdict = await page.getByTestId("verdict").locator("strong").innerText();
  await page.goto("/lab");
  await expect(page.getByText(/^Start with/)).toBeVisible();
  const item = page.getByRole("listitem").filter({ hasText: "One statement for each row" });
  await expect(item).toContainText(`N+1 statements → One statement: ${verdict} (direct`);
  expect(await violations(page)).toEqual([]);
});

test("a span in the timing panel leads to its technique and to its experiment", { tag: "@lab" }, async ({
  page,
}) => {
  test.setTimeout(60_000); // axe looks at each word of the page and of the panel
  await page.goto("/");
  await settled(page);
  const panel = await openPanel(page);
  await panel.getByRole("row", { level: 2 }).first().click();
  const details = panel.getByRole("region", { name: "Details" });
  const technique = details.getByRole("link", { name: "wsgi.py" }).first();
  await expect(technique).toHaveAttribute("href", /^\/lab\/source\/.+\/doors\/wsgi\.py$/);
  expect(await violations(page)).toEqual([]);
  await details.getByRole("link", { name: "Lab: Hooks and layers around a view" }).first().click();
  await expect(page.getByRole("heading", { name: "Hooks and layers around a view", level: 1 })).toBeVisible();
});

test("a result link made by hand, an unknown experiment and absurd settings are told of", {
  tag: "@lab",
}, async ({ page }) => {
  await page.goto("/lab/n_plus_one#nonsense");
  await expect(page.getByRole("heading", { name: "This result link cannot be shown" })).toBeVisible();
  await page.goto("/lab/nothing");
  await expect(page.getByText(/no experiment/i).first()).toBeVisible();
  await page.goto("/lab/n_plus_one?rounds=1e9");
  await expect(page.getByText(/rounds: expected a whole number/)).toBeVisible();
});

test("every experiment's sides give equal answers", { tag: "@lab" }, async ({ page, request }) => {
  test.setTimeout(300_000);
  for (const { name, title, sides } of (await catalogue(request)).experiments) {
    if (sides.filter(({ needs }) => needs === null).length < 2) continue; // the backend's tests have all engines
    await test.step(title, async () => {
      await page.goto(`/lab/${name}?rounds=12&warmup=2&seconds=3`);
      await run(page); // which says so and ends where they differ
    });
  }
});

test("a run can be stopped, and shows what it has", { tag: "@lab" }, async ({ page, request }) => {
  await page.goto(await through(request, "20 ms", "n_plus_one?seconds=60&precision=0.01&rounds=1000"));
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("progressbar")).toBeVisible();
  await page.waitForTimeout(2_500);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByTestId("verdict").first()).toBeVisible();
});

test("the search finds an experiment by its name, and leads to it", { tag: "@lab" }, async ({ page }) => {
  await page.goto("/docs");
  await page.getByRole("button", { name: "Search flights, places, days" }).waitFor();
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "A flight, a place, a day" }).waitFor();
  await page.keyboard.type("n+1");
  await expect(page.getByRole("option").first()).toContainText("One statement for each row");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/lab/n_plus_one");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One statement for each row");
});
