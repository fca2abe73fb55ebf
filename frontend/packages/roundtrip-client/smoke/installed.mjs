/**
 * A check of the package as users get it: packed, installed into an empty folder, type-checked and run there.
 *
 *     npm run smoke -w roundtrip-client
 *
 * Its dependencies are this repository's, so that nothing is downloaded and the tested versions are used.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(here, "../../../node_modules");
const folder = mkdtempSync(join(tmpdir(), "roundtrip-client-"));
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });

try {
  const told = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: resolve(here, ".."),
  });
  const [{ filename, files }] = JSON.parse(told);
  const strange = files.filter(({ path }) => !/^(dist\/|package\.json|README\.md|LICENSE)/.test(path));
  if (strange.length > 0) throw new Error(`The tarball has ${strange.map(({ path }) => path).join(", ")}`);

  const installed = join(folder, "node_modules/roundtrip-client");
  mkdirSync(installed, { recursive: true });
  run("tar", "-xzf", filename, "-C", installed, "--strip-components=1");
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(installed, "package.json"), "utf8"),
  );
  for (const name of [
    ...Object.keys({ ...dependencies, ...peerDependencies }),
    "@types/react",
    "@types/react-dom",
  ]) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }

  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        target: "es2023",
        lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      },
      files: ["use.ts"],
    }),
  );
  for (const file of ["use.ts", "run.mjs"]) cpSync(join(here, file), join(folder, file));
  run(process.execPath, join(modules, "typescript/bin/tsc"), "-p", ".");
  process.stdout.write(run(process.execPath, "run.mjs"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
