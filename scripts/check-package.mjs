// @ts-check
// The tarball is what a user should get: packs it and lets publint and "are the types wrong" judge it, then looks inside for
// files and paths that have no business there, and at its size. Works on the build as it is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readManifest, root } from "./entries.mjs";

const limit = 700_000; // bytes of the tarball
const allowed = /^(?:dist\/[\w/-]+\.(?:js|d\.ts)|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/;

const folder = mkdtempSync(join(tmpdir(), "coatcheck-pack-"));
try {
  const problems = await inspect();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function inspect() {
  const packed = pack();
  const tarball = join(folder, packed.filename);
  const names = packed.files.map((file) => file.path);
  console.log(`${packed.filename}: ${packed.size} bytes (at most ${limit}), ${names.length} files`);

  run("tar", ["-xzf", tarball, "-C", folder]);
  const problems = [
    ...names.filter((name) => !allowed.test(name)).map((name) => `${name} should not be in the package`),
    ...["LICENSE", "README.md", "package.json"]
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is missing`),
    ...(packed.size > limit ? [`the tarball has ${packed.size} bytes, at most ${limit} are meant`] : []),
    ...findPaths(join(folder, "package")),
    ...(await lint(tarball)),
  ];
  const attw = spawnSync("npx", ["--no", "attw", tarball, "--profile", "esm-only"], { cwd: root, encoding: "utf8" });
  if (attw.status !== 0) problems.push(`attw: ${attw.stdout}${attw.stderr}`);
  return problems;
}

/** @returns {{ filename: string, size: number, files: { path: string }[] }} */
function pack() {
  const output = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder]);
  // npm 11 answers a list, npm 12 an object by package name.
  const answer = JSON.parse(output);
  return Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
}

/** @param {string} tarball */
async function lint(tarball) {
  const manifest = readManifest();
  const bytes = readFileSync(tarball);
  const { messages } = await publint({ strict: true, pack: { tarball: new Uint8Array(bytes).buffer } });
  return messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false }) ?? message.code}`);
}

/**
 * Files that name a place of the machine that built them.
 *
 * @param {string} unpacked
 */
function findPaths(unpacked) {
  const places = [root, `${homedir()}/`, "file:///", "/home/", "/Users/"].filter((place) => place.length > 2);
  return readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name))
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      const place = places.find((candidate) => text.includes(candidate));
      return place === undefined ? [] : [`${file.slice(unpacked.length + 1)} contains the path ${place}`];
    });
}

/**
 * @param {string} command
 * @param {string[]} options
 */
function run(command, options) {
  const { status, stdout, stderr } = spawnSync(command, options, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${options.join(" ")} failed:\n${stderr}`);
  return stdout;
}
