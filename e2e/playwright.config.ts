import { defineConfig, devices } from "@playwright/test";
import { trusting } from "./certificate.mjs";
import { flags, systemChromium } from "./chromium.mjs";
import { backend, command, freePort, here } from "./server.mjs";

// E2E_URL names a server that is there already: the production topology's edge (`make e2e-stack`). Without it the
// tests start a server of their own. Workers read this file too, and must come to the same port.
const there = process.env.E2E_URL;
process.env.E2E_PORT ??= String(await freePort());
const url = there ?? `http://127.0.0.1:${process.env.E2E_PORT}`;
const executablePath = systemChromium();

// A test that needs what is not everywhere says so by a tag. Elsewhere it is not one of the tests.
const absent = [
  ...(there ? [/@own/] : [/@edge/]), // a test starts a server of its own, or one has an edge in front of it
  // Production leaves the Lab off: LAB=on says that it is on there. And the topology's database is no SQLite. // the Lab
  ...(there && process.env.LAB !== "on" ? [/@lab/] : []), // the Lab
  ...(there ? [/@sqlite/] : []), // the Lab
];

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
    launchOptions: { args: [...flags, ...(await trusting(url))], ...(executablePath && { executablePath }) },
  },
  projects: [
    {
      name: "desktop",
      grepInvert: [/@phone/, ...absent],
      use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } },
    },
    {
      name: "phone",
      grep: /@phone|@everywhere/,
      grepInvert: absent,
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 } },
    },
  ],
  ...(!there && {
    webServer: {
      command,
      cwd: backend,
      url: `${url}/api/v1/airlines`,
      env: {
        ...here(process.env.E2E_PORT),
        ROUNDTRIP_INSPECT: "on",
        LAB: "on", // the Lab
      },
      gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
      stdout: "ignore",
      stderr: "pipe",
    },
  }),
});
