/**
 * Two builds of the same entries. By default what package.json names stays an import, for bundlers and Node. With
 * `--mode browser` everything is in dist/browser, for a page without a bundler.
 */
import { defineConfig, type Plugin, type Rolldown } from "vite";

const entry = {
  index: "src/index.ts",
  headers: "src/headers/index.ts",
  panel: "src/panel/index.ts",
};
const forBundlers = {
  ...entry,
  axios: "src/axios.ts",
  react: "src/react.tsx",
  waterfall: "src/panel/waterfall.ts",
};

export default defineConfig(({ mode }) => {
  const isForBrowsers = mode === "browser";
  return {
    plugins: [adoptStyles()],
    oxc: { jsx: { runtime: "automatic" } },
    css: { modules: { generateScopedName: "rt-[local]-[hash:base64:5]" } },
    define: isForBrowsers ? { "process.env.NODE_ENV": '"production"' } : {},
    build: {
      target: "es2022",
      cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() stays: what takes its place needs the page's help
      outDir: isForBrowsers ? "dist/browser" : "dist/esm",
      cssCodeSplit: true,
      minify: isForBrowsers,
      lib: { entry: isForBrowsers ? entry : forBundlers, formats: ["es"] },
      rolldownOptions: {
        external: isForBrowsers ? [] : /^[^./]/,
        output: { chunkFileNames: "chunks/[name].js" },
      },
    },
  };
});

/**
 * Each chunk brings its own styles as a constructed style sheet: nothing to link, and allowed by a
 * Content-Security-Policy that forbids inline styles.
 */
function adoptStyles(): Plugin {
  return {
    name: "adopt-styles",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        const files = [...(chunk.viteMetadata?.importedCss ?? [])];
        if (files.length === 0) continue;
        const css = files.map((file) => String((bundle[file] as Rolldown.OutputAsset).source)).join("");
        chunk.code += ADOPT.replace("__CSS__", () => JSON.stringify(css.trim()));
      }
      for (const [file, { type }] of Object.entries(bundle)) {
        if (type === "asset" && file.endsWith(".css")) delete bundle[file];
      }
    },
  };
}

const ADOPT = `
if (globalThis.document?.adoptedStyleSheets) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(__CSS__);
  document.adoptedStyleSheets.push(sheet);
}
`;
