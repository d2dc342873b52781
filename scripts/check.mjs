// @ts-check
// `npm run check`: every gate in turn, all of them even when one fails, and a list of the failures at the end.
// `npm run check -- lint types` runs the named gates only.
import { spawnSync } from "node:child_process";
import { root } from "./entries.mjs";

/** @type {[name: string, what: string, command: string[]][]} */
const gates = [
  ["build", "the package compiles", ["npm", "run", "--silent", "build"]],
  ["types", "source, tests and scripts type-check", ["npx", "--no", "--", "tsc", "-p", "tsconfig.json"]],
  ["lint", "lint and format", ["npx", "--no", "--", "biome", "ci", "--error-on-warnings", "."]],
  [
    "architecture",
    "imports point downward, the clock has one home",
    ["npx", "--no", "--", "vitest", "run", "test/architecture.test.ts"],
  ],
  ["exports", "exports map, entry files and exported names agree", ["node", "scripts/check-exports.mjs"]],
  ["docs", "snippets compile, links lead somewhere", ["node", "scripts/check-docs.mjs"]],
  ["unused", "no unused file, export or dependency", ["npx", "--no", "--", "knip"]],
  ["package", "the tarball is what a user should get", ["node", "scripts/check-package.mjs"]],
  ["size", "bundles stay within their budget", ["npx", "--no", "--", "size-limit"]],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !gates.some(([gate]) => gate === name));
if (unknown.length > 0) {
  console.error(`No such gate: ${unknown.join(", ")}. The gates are ${gates.map(([name]) => name).join(", ")}.`);
  process.exit(2);
}

/** Gates that look at dist: without a build they would only repeat that it is missing. */
const needBuild = new Set(["exports", "docs", "package", "size"]);

/** @type {string[]} */
const failed = [];
for (const [name, what, command] of gates) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (failed.includes("build") && needBuild.has(name)) {
    console.log(`\n── ${name}: not run, the build failed`);
    failed.push(name);
    continue;
  }
  console.log(`\n── ${name}: ${what}`);
  const start = performance.now();
  const { status } = spawnSync(command[0] ?? "", command.slice(1), { cwd: root, stdio: "inherit" });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`── ${name}: ${status === 0 ? "ok" : "FAILED"} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}

console.log(failed.length === 0 ? "\nAll gates passed." : `\nFailed: ${failed.join(", ")}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
