/** Steps of the build that speed up the first screen. */
import type { Plugin, Rolldown } from "vite";

/** Asks for the page's data. */
const ASKS = /\/src\/main\.ts$/;
/** Draws it. */
const DRAWS = /\/src\/app\/draw\.tsx$/;

/**
 * The first paint waits for nothing but the page itself: the style sheet that it needs is written into it (a few
 * kilobytes, less than the way there and back for a file), and scripts give way to it. Of these, those that ask for the
 * page's data come before those that draw it, which the page names too, so that nothing waits for the first to run.
 */
export function paintFirst(): Plugin {
  return {
    name: "paint-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const early = drawing(bundle).map(
          (file) => `<link rel="modulepreload" fetchpriority="low" crossorigin href="/${file}">`,
        );
        return html
          .replace("</head>", (end) => [...early, end].join("\n    "))
          .replace(/<link rel="stylesheet"[^>]*href="\/([^"]+\.css)"[^>]*>/g, (link, file: string) => {
            const sheet = bundle[file];
            return sheet?.type === "asset" ? `<style>${String(sheet.source).trim()}</style>` : link;
          });
      },
    },
  };
}

/** The files of the code that draws, apart from those of the code that asks. */
function drawing(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
  const files = new Set<string>();
  const add = (file = "") => {
    if (files.has(file)) return;
    files.add(file);
    for (const imported of chunks.find(({ fileName }) => fileName === file)?.imports ?? []) add(imported);
  };
  add(chunks.find(({ isEntry }) => isEntry)?.fileName);
  const asking = files.size;
  add(chunks.find(({ facadeModuleId }) => DRAWS.test(facadeModuleId ?? ""))?.fileName);
  return [...files].slice(asking);
}

/**
 * Our own code of the first screen is two files: what asks for the page's data, which the entry imports statically, and
 * what draws it. Left alone, whatever a lazy page shares with them would be a file of its own, ten small ones in all,
 * each one more request.
 */
export function ofTheFirstScreen(id: string, graph: Rolldown.ChunkingContext): string | null {
  if (isImportedFrom(ASKS, id, graph)) return "ask";
  if (!isImportedFrom(DRAWS, id, graph)) return null;
  return id.includes(".css") ? "ask" : "app"; // the style sheet is written into the page
}

function isImportedFrom(
  root: RegExp,
  id: string,
  graph: Rolldown.ChunkingContext,
  seen = new Set<string>(),
): boolean {
  if (root.test(id)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (
    graph.getModuleInfo(id)?.importers.some((importer) => isImportedFrom(root, importer, graph, seen)) ??
    false
  );
}
