import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** `make screenshots`: a picture of every page, in e2e/screenshots. */
export default defineConfig({ ...config, testDir: "pictures" });
