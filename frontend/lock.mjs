/**
 * Completes package-lock.json after `npm install --package-lock-only`: names the optional packages of other platforms
 * that the registry at hand did not have (a mirror may hold a few platforms only). npm leaves those out, and
 * `npm ci` then refuses the file. Their versions are those that the package which wants them asks for.
 *
 *     node lock.mjs [folder]
 */
import { readFileSync, writeFileSync } from "node:fs";

const file = `${process.argv[2] ?? "."}/package-lock.json`;
const lock = JSON.parse(readFileSync(file, "utf8"));
const CPUS = ["arm", "arm64", "x64", "ia32", "ppc64", "riscv64", "s390x"];
const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];

for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const isLocked = lock.packages[`node_modules/${name}`] ?? lock.packages[`${path}/node_modules/${name}`];
    if (!isLocked)
      lock.packages[`node_modules/${name}`] = {
        version,
        ...(dev && { dev }),
        optional: true,
        ...platform(name),
      };
  }
}
const inOrder = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(inOrder) }, null, 2)}\n`);

/** The platform in a name such as @oxc-parser/binding-linux-arm-musleabihf. */
function platform(name) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => CPUS.includes(word));
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(`no platform in the name of the optional package ${name}`);
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : "glibc";
  return { cpu, os, ...(os[0] === "linux" && { libc: [libc] }) };
}
