import { defineConfig, devices } from "@playwright/test";
import { flags, systemChromium } from "./chromium.mjs";
import { backend, command, freePort } from "./server.mjs";

// Workers read this file too, and must come to the same port.
process.env.E2E_PORT ??= String(await freePort());
const url = `http://127.0.0.1:${process.env.E2E_PORT}`;
const executablePath = systemChromium();

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: 0, // a test that fails now and then fails
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [["list"]],
  use: {
    baseURL: url,
    trace: "retain-on-failure",
    locale: "en-US",
    timezoneId: "Europe/Berlin", // nobody's clock in here: what is shown is the airports' own time
    launchOptions: { args: flags, ...(executablePath && { executablePath }) },
  },
  projects: [
    {
      name: "desktop",
      grepInvert: /@phone/,
      use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } },
    },
    {
      name: "phone",
      grep: /@phone|@everywhere/,
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 } },
    },
  ],
  webServer: {
    command,
    cwd: backend,
    url: `${url}/api/v1/airlines`,
    env: {
      PORT: process.env.E2E_PORT,
      LAB: "on", // the Lab
    },
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    stdout: "ignore",
    stderr: "pipe",
  },
});
