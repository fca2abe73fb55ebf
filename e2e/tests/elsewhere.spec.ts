/**
 * The client's package in pages that are not ours, one built by Vite and one without a bundler, against Flask's own
 * tutorial application with a few added lines (backend/flask_roundtrip/tests/foreign/serve_flaskr.py).
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { barSays, expect, openPanel, roundTrips, test } from "./support.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PACKAGE = join(ROOT, "frontend/packages/roundtrip-client");
const PAGE = join(PACKAGE, "smoke/page");

let site = "";
let stop = () => {};

test.describe.configure({ mode: "default" }); // one server for all of them

test.beforeAll(async () => {
  test.setTimeout(120_000); // the first time Flask's source distribution is downloaded
  const folder = mkdtempSync(join(tmpdir(), "elsewhere-"));
  cpSync(PAGE, folder, { recursive: true });
  cpSync(join(PACKAGE, "dist/browser"), join(folder, "client"), { recursive: true });
  const vite = join(ROOT, "frontend/node_modules/vite/bin/vite.js");
  const options = [
    "--base",
    "/files/bundled/",
    "--outDir",
    join(folder, "bundled"),
    "--logLevel",
    "error",
    "--emptyOutDir",
  ];
  execFileSync(process.execPath, [vite, "build", PAGE, ...options], { stdio: "inherit" });
  const program = join(ROOT, "backend/flask_roundtrip/tests/foreign/serve_flaskr.py");
  const server = spawn(join(ROOT, "backend/.venv/bin/python"), [program, folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  stop = () => {
    server.stdin.end();
    rmSync(folder, { recursive: true });
  };
  site = await new Promise((found, failed) => {
    server.stdout.once("data", (address: Buffer) => found(String(address).trim()));
    server.once("exit", (code) => failed(new Error(`the server ended with code ${code}`)));
  });
});
test.afterAll(() => stop());

for (const { name, path } of [
  { name: "a page that Vite builds", path: "/files/bundled/index.html" },
  { name: "a page without a bundler", path: "/files/unbundled.html" },
]) {
  test(`${name} asks in one batch, is told 304, and has the panel`, { tag: "@elsewhere" }, async ({
    page,
    wire,
  }) => {
    await page.goto(site + path);
    await page.getByRole("button", { name: "Ask for three posts" }).click();
    await expect(page.locator("output")).toHaveText("post 1, post 2, post 3");
    expect(wire.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual(["POST /api/batch"]);
    expect(wire[0]?.parts.map(({ url }) => url)).toEqual(
      [1, 2, 3].map((id) => `/api/posts/${id}?fields=title`),
    );
    await barSays(page, roundTrips(1), "3 parts");

    const confirmed = page.waitForResponse((response) => response.url().includes("/api/posts/2"));
    await page.getByRole("button", { name: "Ask for one post" }).click();
    await expect(page.locator("output")).toHaveText("post 2");
    expect((await confirmed).status()).toBe(304);

    const panel = await openPanel(page);
    await expect(panel.getByRole("row", { name: /POST .*\/batch/ })).toBeVisible();
    await panel.getByRole("row", { name: /posts\/2.*304/ }).click();
    await expect(panel.getByText("✓ adds up")).toBeVisible();
    await expect(panel.getByText(/304 Not Modified/).first()).toBeVisible();
  });
}
