// `npm run prove`: the race, crash and hostile-input programs at the full figures, part by part. What has passed is kept in
// test-results/prove.json and not run again for the same build, so that a run that was broken off goes on where it was.
// `npm run prove races/sqlite crash` runs the named parts only; `-- --fresh` forgets, `-- --list` lists, `-- --seed 7` reseeds.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { killAtRandom, killAtSteps } from "../test/crash/kill.mjs";
import { steps } from "../test/crash/steps.mjs";
import { faultPrograms, programsOf, runFault } from "../test/faults/programs.mjs";
import { faultStores } from "../test/faults/stores.mjs";
import { flipBits, fuzzCookies } from "../test/http/fuzz.mjs";
import { Crew } from "../test/races/crew.mjs";
import { dist } from "../test/races/library.mjs";
import { figureOf, races, runRace } from "../test/races/programs.mjs";
import { lastingStores, moduleOf, stores } from "../test/races/stores.mjs";
import { root } from "./entries.mjs";

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { fresh: { type: "boolean" }, list: { type: "boolean" }, seed: { type: "string", default: "1" } },
});
const seed = Number(options.seed);

const parts = [
  ...Object.keys(stores).flatMap((store) => Object.keys(races).map((name) => racePart(store, name))),
  ...lastingStores.flatMap((store) => crashParts(store)),
  ...Object.keys(faultStores).flatMap((store) => faultParts(store)),
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
  const { what, unit } = races[name];
  const run = async (figure) => {
    const crew = new Crew({ dist, storeModule: moduleOf(store), size: stores[store].processes });
    try {
      return await runRace(crew, name, { figure, seed });
    } finally {
      await crew.close();
    }
  };
  const { isAvailable } = stores[store];
  return { name: `races/${store}/${name}`, what, figure: figureOf(name, store, "prove"), unit, run, isAvailable };
}

function crashParts(store) {
  const { isRemote, isAvailable } = stores[store];
  const kills = isRemote ? 50 : 100;
  const times = isRemote ? 5 : 20;
  return [
    {
      name: `crash/${store}/random`,
      what: "F7 writers killed with -9 at random points",
      figure: kills,
      unit: "kills",
      run: (figure) => killAtRandom({ dist, store, figure, seed }),
      isAvailable,
    },
    {
      name: `crash/${store}/steps`,
      what: `F8 writers killed with -9 at each named step, ${times} times`,
      figure: times * steps.length,
      unit: "kills",
      run: () => killAtSteps({ dist, store, figure: times, seed }),
      isAvailable,
    },
  ];
}

function faultParts(store) {
  const { isInstalled } = faultStores[store].server;
  return programsOf(store, "prove").map((name) => {
    const { what, unit, prove } = faultPrograms[name];
    const run = () => runFault(name, { dist, store, scale: "prove", seed });
    return { name: `faults/${store}/${name}`, what, figure: prove.figure, unit, run, isAvailable: isInstalled };
  });
}

const chosen = parts.filter(({ name }) => wanted.length === 0 || wanted.some((words) => isCalled(name, words)));
const strange = wanted.filter((words) => !parts.some(({ name }) => isCalled(name, words)));
if (strange.length > 0) {
  console.error(`No such part: ${strange.join(", ")}. "npm run prove -- --list" names them.`);
  process.exit(2);
}
if (options.list) {
  for (const { name, what, figure, unit } of parts) console.log(`${name.padEnd(42)} ${what}: ${count(figure)} ${unit}`);
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
  const result = await whereThere(part, () => run(figure)).then(codeOf, (error) => ({
    reached: 0,
    failures: 1,
    examples: [String(error.stack)],
    code: 2,
  }));
  kept[name] = { ...result, figure, unit, seed, seconds: (performance.now() - start) / 1_000 };
  writeProgress();
  for (const line of [...result.examples, ...(result.notes ?? [])]) console.log(`   ${line}`);
  return console.log(`── ${name}: ${result.code === 0 ? "ok" : "FAILED"}, ${count(result.reached)} ${unit}`);
}

/** Runs a part where its store can be reached: a part that was not run has not passed. */
async function whereThere({ name, isAvailable = () => true }, run) {
  const answer = await isAvailable();
  return answer === true ? run() : Promise.reject(new Error(`What ${name} needs ${answer}.`));
}

function isProven({ name, figure }) {
  const { code, figure: reachedFor, seed: chosenBy } = kept[name] ?? {};
  return code === 0 && reachedFor === figure && chosenBy === seed;
}

function codeOf(findings) {
  const { reached, failures, examples, notes } = findings.report?.() ?? findings;
  return { reached, failures, examples, notes, code: failures === 0 ? 0 : 1 };
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
