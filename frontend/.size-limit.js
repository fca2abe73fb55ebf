/**
 * The JavaScript of the first screen: the entry, the Explore page, and whatever those import statically.
 * Read from Vite's manifest, because file names carry hashes and chunks come and go.
 */
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

const roots = Object.keys(manifest).filter((key) => manifest[key].isEntry || /\/Explore\w*\.tsx$/.test(key));
if (roots.length < 2) throw new Error(`expected an entry and the Explore page, found: ${roots.join(", ")}`);

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
