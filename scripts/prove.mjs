// `npm run prove`: the race, crash and hostile-input programs at the full figures, part by part. What has passed is kept in
// test-results/prove.json and not run again for the same build, so that a run that was broken off goes on where it was.
// `npm run prove races/sqlite crash` runs the named parts only; `-- --fresh` forgets, `-- --list` lists, `-- --seed 7` reseeds.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { killAtRandom, killAtSteps } from "../test/crash/kill.mjs";
import { steps } from "../test/crash/steps.mjs";
import { flipBits, fuzzCookies } from "../test/http/fuzz.mjs";
import { Crew } from "../test/races/crew.mjs";
import { dist } from "../test/races/library.mjs";
import { races, runRace } from "../test/races/programs.mjs";
import { root } from "./entries.mjs";

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { fresh: { type: "boolean" }, list: { type: "boolean" }, seed: { type: "string", default: "1" } },
});
const seed = Number(options.seed);

/** Every store with the number of processes that may share it. */
const stores = { sqlite: 8, "cached-sqlite": 8, memory: 1 };

const parts = [
  ...Object.keys(stores).flatMap((store) => Object.keys(races).map((name) => racePart(store, name))),
  {
    name: "crash/random",
    what: "F7 writers killed with -9 at random points",
    figure: 100,
    unit: "kills",
    run: (figure) => killAtRandom({ dist, figure, seed }),
  },
  {
    name: "crash/steps",
    what: "F8 writers killed with -9 at each named step, 20 times",
    figure: 20 * steps.length,
    unit: "kills",
    run: () => killAtSteps({ dist, figure: 20, seed }),
  },
  {
    name: "http/cookies",
    what: "A1 hostile Cookie headers over raw sockets",
    figure: 1_000_000,
    unit: "headers",
    run: (figure) => fuzzCookies({ dist, figure, seed }),
  },
  {
    name: "http/bits",
    what: "T7 every one-bit flip of 1,000 valid tokens",
    figure: 560_000,
    unit: "flips",
    run: (figure) => flipBits({ dist, figure }),
  },
];

function racePart(store, name) {
  const { what, prove, unit } = races[name];
  const storeModule = fileURLToPath(new URL(`../test/races/stores/${store}.mjs`, import.meta.url));
  const run = async (figure) => {
    const crew = new Crew({ dist, storeModule, size: stores[store] });
    try {
      return await runRace(crew, name, { figure, seed });
    } finally {
      await crew.close();
    }
  };
  return { name: `races/${store}/${name}`, what, figure: prove, unit, run };
}

const chosen = parts.filter(({ name }) => wanted.length === 0 || wanted.some((words) => isCalled(name, words)));
const strange = wanted.filter((words) => !parts.some(({ name }) => isCalled(name, words)));
if (strange.length > 0) {
  console.error(`No such part: ${strange.join(", ")}. "npm run prove -- --list" names them.`);
  process.exit(2);
}
if (options.list) {
  for (const { name, what, figure, unit } of parts) console.log(`${name.padEnd(34)} ${what}: ${count(figure)} ${unit}`);
  process.exit(0);
}

const progressFile = join(root, "test-results/prove.json");
const build = digestOfBuild();
const kept = readProgress();
if (options.fresh) for (const { name } of chosen) delete kept[name];
for (const part of chosen) await prove(part);
printTable();

async function prove(part) {
  const { name, what, figure, unit, run } = part;
  if (isProven(part)) return console.log(`── ${name}: passed before with this build`);
  console.log(`\n── ${name}: ${what}, ${count(figure)} ${unit}`);
  const start = performance.now();
  const result = await run(figure).then(codeOf, (error) => ({
    reached: 0,
    failures: 1,
    examples: [String(error.stack)],
    code: 2,
  }));
  kept[name] = { ...result, figure, unit, seed, seconds: (performance.now() - start) / 1_000 };
  writeProgress();
  for (const example of result.examples) console.log(`   ${example}`);
  return console.log(`── ${name}: ${result.code === 0 ? "ok" : "FAILED"}, ${count(result.reached)} ${unit}`);
}

function isProven({ name, figure }) {
  const { code, figure: reachedFor, seed: chosenBy } = kept[name] ?? {};
  return code === 0 && reachedFor === figure && chosenBy === seed;
}

function codeOf(findings) {
  const { reached, failures, examples } = findings.report?.() ?? findings;
  return { reached, failures, examples, code: failures === 0 ? 0 : 1 };
}

function printTable() {
  const rows = chosen.map(({ name }) => {
    const { reached, unit, failures, seconds, code } = kept[name];
    return [name, `${count(reached)} ${unit}`, String(failures), `${seconds.toFixed(1)} s`, String(code)];
  });
  const table = [["part", "figure reached", "failures", "time", "exit code"], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  "));
  console.log(`\n${lines[0]}\n${"─".repeat(lines[0].length)}\n${lines.slice(1).join("\n")}`);
  const failed = chosen.filter(({ name }) => kept[name].code !== 0);
  console.log(failed.length === 0 ? "\nAll parts passed." : `\nFailed: ${failed.map(({ name }) => name).join(", ")}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** A part is called by its name, or by any whole words of it: "sqlite", "races/sqlite", "increments". */
function isCalled(name, words) {
  return `/${name}/`.includes(`/${words}/`);
}

// A result speaks for the build that it was had with, and for no other.
function digestOfBuild() {
  const hash = createHash("sha256");
  const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".js"));
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(dist, file)));
  return hash.digest("hex").slice(0, 16);
}

function readProgress() {
  if (!existsSync(progressFile)) return {};
  const progress = JSON.parse(readFileSync(progressFile, "utf8"));
  return progress.build === build ? progress.parts : {};
}

function writeProgress() {
  mkdirSync(join(root, "test-results"), { recursive: true });
  writeFileSync(progressFile, `${JSON.stringify({ build, parts: kept }, null, 2)}\n`);
}

function count(number) {
  return number.toLocaleString("en");
}
