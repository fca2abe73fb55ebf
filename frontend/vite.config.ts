import { constants } from "node:zlib";
import react from "@vitejs/plugin-react";
import { compression, defineAlgorithm } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";
import { ofTheFirstScreen, paintFirst } from "./firstScreen.ts";

export default defineConfig({
  plugins: [
    react(),
    paintFirst(),
    // The server hands these files out as they are, so the slowest settings cost only the build.
    compression({
      include: /\.(html|css|js|json|svg|txt|webmanifest)$/,
      algorithms: [
        defineAlgorithm("gzip", { level: 9 }),
        defineAlgorithm("brotliCompress", {
          params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
        }),
      ],
      logLevel: "silent",
    }),
  ],
  // axios sends by roundtrip-client's chain; its own adapters are left out, as it leaves Node's http out of browsers.
  resolve: { alias: [{ find: /^\.\/(xhr|fetch)\.js$/, replacement: "axios/unsafe/helpers/null.js" }] },
  server: {
    port: 5173,
    proxy: { "/api": `http://127.0.0.1:${process.env.ROUNDTRIP_PORT ?? 8000}` },
    // What the backend says with its own page (backend/roundtrip/inspection).
    ...(process.env.ROUNDTRIP_INSPECT === "on" && {
      headers: { "Server-Timing": 'inspection;desc="/api/inspection"' },
    }),
  },
  build: {
    manifest: true, // tells .size-limit.js which files the first screen needs
    modulePreload: { polyfill: false }, // every browser that runs this code knows modulepreload
    rolldownOptions: {
      checks: { importIsUndefined: false }, // axios asks its fetch adapter, left out above, for a member; tsc checks ours
      output: {
        // What asks comes first. Packages that every page needs and that seldom change are files of their own, so that
        // browsers keep them over releases.
        codeSplitting: {
          groups: [
            {
              name: "ask-vendor",
              test: /preload-helper|node_modules\/(axios|idb-keyval|@tanstack\/query-.*)\//,
              priority: 2,
            },
            {
              name: "vendor",
              test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack\/(react-query|react-virtual|virtual-core))\//,
              priority: 1,
            },
            {
              name: ofTheFirstScreen,
              debugName: "first screen",
              test: /\/frontend\/(src\/(?!main)|packages\/)/,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  test: {
    restoreMocks: true,
    testTimeout: 30_000, // what comes late on a busy machine is not wrong
    projects: [
      {
        extends: true,
        test: { name: "client", environment: "node", include: ["packages/*/tests/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "screens",
          environment: "jsdom",
          include: ["src/**/*.test.{ts,tsx}", "packages/*/tests/panel/*.test.{ts,tsx}"],
          setupFiles: ["src/test/setup.ts"],
        },
      },
    ],
  },
});
