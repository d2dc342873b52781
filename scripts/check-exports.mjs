// @ts-check
// The exports map, the entry files and the exported names agree:
//  - every key of the exports map has its source file and its built files;
//  - every public file of the folders below is a key of the exports map;
//  - the names that each entry exports are those of test/exports.snapshot.json, so that adding or removing one is a decision.
// `node scripts/check-exports.mjs --update` writes the snapshot anew.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { readEntries, readManifest, root } from "./entries.mjs";

const snapshotFile = join(root, "test/exports.snapshot.json");

/** Folders whose files (or folders with an index.ts) are public, one entry each. */
const folders = ["stores", "adapters", "extensions", "react", "client", "verify", "tokens", "connections", "testing"];
/** Folders that are one entry: their index.ts. */
const single = new Set(["react", "client", "verify", "tokens", "connections", "testing"]);
/** Files of those folders that are no entry, each with the reason. */
const internal = [{ pattern: /^stores\/memory\.ts$/, reason: "memoryStore is exported from the main entry" }];

const entries = readEntries();
const problems = [...checkFiles(), ...checkFolders()];
const names = problems.length === 0 ? readNames() : undefined;
if (names !== undefined && process.argv.includes("--update")) {
  writeFileSync(snapshotFile, `${JSON.stringify(names, null, 2)}\n`);
  console.log("Wrote test/exports.snapshot.json.");
} else if (names !== undefined) problems.push(...compare(names));

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${entries.length} entries agree.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkFiles() {
  const manifest = readManifest();
  const map = /** @type {Record<string, unknown>} */ (manifest.exports);
  const found = [];
  for (const [key, target] of Object.entries(map)) {
    if (key.includes("*")) found.push(`exports["${key}"]: no wildcards, every entry is named`);
    else if (key === "./package.json") continue;
    else if (Object.keys(Object(target)).join() !== "types,default") {
      found.push(`exports["${key}"]: exactly "types", then "default"`);
    }
  }
  if (map["./package.json"] !== "./package.json") found.push('exports["./package.json"] is missing');
  for (const { key, source, types, runtime } of entries) {
    if (types !== runtime.replace(/\.js$/, ".d.ts")) found.push(`exports["${key}"]: types and default differ`);
    for (const file of [source, types, runtime]) {
      if (!existsSync(join(root, file))) found.push(`exports["${key}"]: ${file} does not exist`);
    }
  }
  return found;
}

function checkFolders() {
  const exported = new Set(entries.map((entry) => entry.source));
  return folders.flatMap((folder) => {
    const path = join(root, "src", folder);
    if (!existsSync(path)) return [];
    const files = single.has(folder)
      ? [`${folder}/index.ts`]
      : readdirSync(path, { withFileTypes: true }).flatMap((item) => {
          if (item.isFile()) return [`${folder}/${item.name}`];
          return existsSync(join(path, item.name, "index.ts")) ? [`${folder}/${item.name}/index.ts`] : [];
        });
    return files
      .filter((file) => !exported.has(`src/${file}`) && !internal.some(({ pattern }) => pattern.test(file)))
      .map((file) => `src/${file} is public by its place, but no key of the exports map leads to it`);
  });
}

/** Every name of every entry; "type " before those that exist for the compiler only. */
function readNames() {
  const files = entries.map((entry) => join(root, entry.types));
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  /** @type {Record<string, string[]>} */
  const result = {};
  for (const { key, types } of entries) {
    const file = program.getSourceFile(join(root, types));
    const symbol = file && checker.getSymbolAtLocation(file);
    result[key] = (symbol ? checker.getExportsOfModule(symbol) : [])
      .map((name) => {
        const origin = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
        return origin.flags & ts.SymbolFlags.Value && !isTypeOnly(name) ? name.name : `type ${name.name}`;
      })
      .sort();
  }
  return result;
}

/** @param {ts.Symbol} symbol */
function isTypeOnly(symbol) {
  return (symbol.declarations ?? []).some(
    (node) => ts.isExportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly),
  );
}

/** @param {Record<string, string[]>} now */
function compare(now) {
  if (!existsSync(snapshotFile))
    return ["test/exports.snapshot.json is missing: run scripts/check-exports.mjs --update"];
  /** @type {Record<string, string[]>} */
  const before = JSON.parse(readFileSync(snapshotFile, "utf8"));
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  const found = [...keys].flatMap((key) => {
    const [old, fresh] = [before[key] ?? [], now[key] ?? []];
    return [
      ...fresh.filter((name) => !old.includes(name)).map((name) => `${key}: "${name}" is new`),
      ...old.filter((name) => !fresh.includes(name)).map((name) => `${key}: "${name}" is gone`),
    ];
  });
  return found.length === 0 ? [] : [...found, "If that is meant: node scripts/check-exports.mjs --update"];
}
