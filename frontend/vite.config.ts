import { constants } from "node:zlib";
import react from "@vitejs/plugin-react";
import { compression, defineAlgorithm } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    react(),
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
  server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8000" } },
  // The manifest tells .size-limit.js which files the first screen needs.
  build: { manifest: true },
  test: {
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: { name: "client", environment: "node", include: ["src/client/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "screens",
          environment: "jsdom",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: ["src/client/**"],
          setupFiles: ["src/test/setup.ts"],
        },
      },
    ],
  },
});
