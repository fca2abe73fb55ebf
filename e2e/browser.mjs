/** Sees to it that there is a browser: installs Playwright's Chromium where the system has none. */
import { spawnSync } from "node:child_process";
import { systemChromium } from "./chromium.mjs";

if (!systemChromium()) {
  const { status } = spawnSync("npx", ["playwright", "install", "chromium"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
