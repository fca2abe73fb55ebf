/**
 * The JavaScript of the first screen: the entry, which has the Explore page in it, and whatever it imports statically.
 * Read from Vite's manifest, because file names carry hashes and chunks come and go.
 */
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

const roots = Object.keys(manifest).filter((key) => manifest[key].isEntry);
if (roots.length === 0) throw new Error("found no entry in the manifest");
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
