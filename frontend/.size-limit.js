/**
 * The JavaScript of the first screen: the entry, which asks for the data, the code that draws, which has the Explore page
 * in it, and all that they import statically.
 * Read from Vite's manifest, because file names carry hashes and chunks come and go.
 */
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

const roots = Object.keys(manifest).filter((key) => manifest[key].isEntry || key === "src/app/draw.tsx");
if (roots.length !== 2) throw new Error("found no entry, or no code that draws, in the manifest");
if (Object.keys(manifest).some((key) => /\/ExplorePage\.tsx$/.test(key))) {
  throw new Error("the Explore page has left the entry: count its chunk too");
}

export default [
  {
    name: "JavaScript of the first screen",
    path: [...reachable(roots)].map((key) => `dist/${manifest[key].file}`),
    limit: "150 kB",
    gzip: true,
    brotli: false,
  },
];

function reachable(keys, seen = new Set()) {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    reachable(manifest[key].imports ?? [], seen);
  }
  return seen;
}
