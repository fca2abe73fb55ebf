/** Steps of the build that speed up the first screen. */
import type { Plugin, Rolldown } from "vite";

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

/**
 * Our own code that the first screen imports statically is one file: left alone, whatever a lazy page shares with it
 * would be a file of its own, ten small ones in all, each one more request.
 */
export function ofTheFirstScreen(id: string, graph: Rolldown.ChunkingContext): string | null {
  return isImportedFromEntry(id, graph, new Set()) ? "app" : null;
}

function isImportedFromEntry(id: string, graph: Rolldown.ChunkingContext, seen: Set<string>): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const module = graph.getModuleInfo(id);
  if (!module) return false;
  return module.isEntry || module.importers.some((importer) => isImportedFromEntry(importer, graph, seen));
}
