// @ts-check
// Completes a lock file: `node scripts/complete-lock.mjs [folder…]`, after an `npm install` that changed it.
//
// Native packages list one optional package per platform. Where npm cannot see some of them (a mirror that holds only its own
// platform's), it leaves them out of the lock file, and `npm ci` then calls the lock file out of sync. This adds an entry for
// each, with the exact version that its owner asks for and the platform that its name tells, so that it is installed where it
// belongs and skipped elsewhere. Such an entry has no checksum, for nobody here has seen the package; an `npm install` where
// it can be seen adds one.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./entries.mjs";

/** @typedef {{ version?: string, optionalDependencies?: Record<string, string>, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry */

const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "sunos", "win32"];
const processors = ["arm64", "x64", "ia32", "arm", "ppc64", "riscv64", "s390x", "loong64"];

const folders = process.argv.slice(2);
for (const folder of folders.length > 0 ? folders : [root]) complete(join(folder, "package-lock.json"));

/** @param {string} file */
function complete(file) {
  const lock = JSON.parse(readFileSync(file, "utf8"));
  /** @type {Record<string, Entry>} */
  const packages = lock.packages;
  const added = [];
  for (const [path, owner] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      if (isListed(packages, path, name)) continue;
      if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
        throw new Error(`${path} asks for ${name}@${version}: no exact version`);
      packages[`node_modules/${name}`] = {
        version,
        ...platformOf(name),
        ...(owner.dev ? { dev: true } : {}),
        optional: true,
      };
      added.push(`${name}@${version}`);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length === 0 ? `${file} is complete.` : `${file}: added ${added.join(", ")}`);
}

/**
 * Whether the lock file has the package where its owner would find it.
 *
 * @param {Record<string, Entry>} packages
 * @param {string} path
 * @param {string} name
 */
function isListed(packages, path, name) {
  const places =
    path === "" ? [""] : [...path.matchAll(/(?:^|\/)node_modules\//g)].map(({ index }) => path.slice(0, index));
  return [...places, path].some(
    (place) => packages[`${place === "" ? "" : `${place}/`}node_modules/${name}`] !== undefined,
  );
}

/** @param {string} name */
function platformOf(name) {
  const parts = name.split(/[/-]/);
  const os = systems.filter((system) => parts.includes(system));
  const cpu = processors.filter((processor) => parts.includes(processor));
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`The name ${name} does not tell its platform.`);
  const musl = parts.some((part) => part.startsWith("musl"));
  const libc = os[0] === "linux" ? { libc: [musl ? "musl" : "glibc"] } : {};
  return { cpu, ...libc, os };
}
