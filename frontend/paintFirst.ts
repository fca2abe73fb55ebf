import type { Plugin } from "vite";

/**
 * The first paint waits for nothing but the page itself: the style sheet that it needs is written into it (a few
 * kilobytes, less than the way there and back for a file), and scripts give way to it.
 */
export function paintFirst(): Plugin {
  return {
    name: "paint-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        return html
          .replace(/<link rel="stylesheet"[^>]*href="\/([^"]+\.css)"[^>]*>/g, (link, file: string) => {
            const sheet = bundle[file];
            return sheet?.type === "asset" ? `<style>${String(sheet.source).trim()}</style>` : link;
          })
          .replaceAll('<script type="module"', '<script type="module" fetchpriority="low"')
          .replaceAll('<link rel="modulepreload"', '<link rel="modulepreload" fetchpriority="low"');
      },
    },
  };
}
