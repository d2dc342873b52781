// What an application takes on: bytes of a bundle, packages installed, time to import.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { digits, summary } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundles = {
  "coatcheck: createSessions + memoryStore": `export { createSessions, memoryStore } from "${root}dist/index.js"`,
  "coatcheck: createSessions + sqliteStore": `export { createSessions } from "${root}dist/index.js"; export { sqliteStore } from "${root}dist/stores/sqlite.js"`,
  "express-session": `export { default } from "express-session"`,
  "iron-session": `export { getIronSession } from "iron-session"`,
  "next-session": `export { default } from "next-session"`,
  "lucia + SQLite adapter": `export { Lucia } from "lucia"; export { BetterSqlite3Adapter } from "@lucia-auth/adapter-sqlite"`,
};

console.log("\n## Bundle, minified\n\n| | kB | gzip kB |\n|---|---|---|");
for (const [name, contents] of Object.entries(bundles)) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    write: false,
    external: ["better-sqlite3", "libsql"],
    logLevel: "error",
  });
  const code = outputFiles[0].contents;
  console.log(`| ${name} | ${digits(code.length / 1_000)} | ${digits(gzipSync(code).length / 1_000)} |`);
}

const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
const closure = (names, seen = new Set()) => {
  for (const name of names) {
    const entry = lock.packages[`node_modules/${name}`];
    if (!entry || seen.has(name)) continue;
    seen.add(name);
    closure(Object.keys(entry.dependencies ?? {}), seen);
  }
  return seen;
};
console.log("\n## Packages installed\n\n| | packages |\n|---|---|");
const own = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
console.log(`| coatcheck | ${1 + Object.keys(own.dependencies ?? {}).length} |`);
for (const name of ["express-session", "iron-session", "next-session", "next-server-session", "lucia"])
  console.log(`| ${name} | ${closure([name]).size} |`);

const imports = {
  nothing: "",
  "node:crypto": 'await import("node:crypto")',
  coatcheck: `await import("${root}dist/index.js")`,
  "express-session": 'await import("express-session")',
  "iron-session": 'await import("iron-session")',
  "next-session": 'await import("next-session")',
  lucia: 'await import("lucia")',
};
console.log("\n## Time to import, in a fresh process\n\n| | ms (min–max) |\n|---|---|");
const times = new Map(Object.keys(imports).map((name) => [name, []]));
for (let round = 0; round < 9; round++) {
  for (const [name, code] of Object.entries(imports)) {
    const script = `const start = performance.now(); ${code}; console.log(performance.now() - start)`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      encoding: "utf8",
    });
    times.get(name).push(Number(stdout));
  }
}
for (const [name, all] of times) {
  const { median, min, max } = summary(all);
  console.log(`| ${name} | ${digits(median)} (${digits(min)}–${digits(max)}) |`);
}
