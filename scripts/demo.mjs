// @ts-check
// `npm run demo`: builds the package, installs and builds the example from the packed tarball, as a user would, and serves
// it. A step whose input has not changed is passed over. For tests: --build-only, --port 4000 (else PORT, else the first
// free port from 3000 on), and DATABASE_FILE in the environment.
//
// DATABASE_URL says where sessions are kept: postgres://…, mysql://…, redis://…, or the path of a SQLite file (the default).
// SIGN_IN=authjs has Auth.js sign users in, with our sessions beside it; AUTH_SECRET is its secret (else one for this start).
// IDLE_TIMEOUT and EXPIRY_WARNING (90s, 60s) make a session end soon, and say how long before it the visitor is asked.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { reader } from "./demo-provider/desk.mjs";
import { openLantern } from "./demo-provider/index.mjs";
import { keptSecret } from "./demo-secret.mjs";
import { root } from "./entries.mjs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

const example = join(root, "examples/course");
const doneFile = join(example, ".demo.json");
const lockFile = join(example, ".demo.lock");
const databaseUrl = process.env.DATABASE_URL ?? "";
const databaseFile = resolve(
  process.env.DATABASE_FILE ||
    (isAddress(databaseUrl) || !databaseUrl ? join(example, ".data/course.db") : databaseUrl),
);
const signIn = process.env.SIGN_IN ?? "";
/** @type {Record<string, string>} */
const databases = {
  postgres: "PostgreSQL",
  postgresql: "PostgreSQL",
  mysql: "MySQL",
  mariadb: "MariaDB",
  redis: "Redis",
  rediss: "Redis",
};
const accounts = [
  { who: "a customer", email: "demo@coatcheck.dev", password: "evening light on paper" },
  { who: "a teacher", email: "ines@coatcheck.dev", password: "a jar by the window" },
  { who: "an administrator", email: "admin@coatcheck.dev", password: "lamps along the river" },
];
const generated = new Set([
  "node_modules",
  ".next",
  ".data",
  ".demo.json",
  ".demo.lock",
  "coatcheck.tgz",
  "next-env.d.ts",
]);

/** Something that the reader can put right: printed without a stack. */
class Trouble extends Error {}

/** What runs at present: it is stopped with us. @type {ChildProcess | undefined} */
let child;
let isStopping = false;
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => {
    isStopping = true;
    if (!child?.kill(signal)) process.exit(0);
  });
}
// Also where an error ends us that nobody has caught: the child would hold its port on without us.
process.on("exit", () => child?.kill());

main().catch((error) => {
  if (isStopping) process.exit(0);
  if (!(error instanceof Trouble)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
});

async function main() {
  const options = readArguments();
  checkMachine();
  if (!["", "authjs"].includes(signIn)) throw new Trouble(`SIGN_IN is "${signIn}". It takes authjs, or nothing.`);
  const place = describeDatabase();
  // Asked for first: who gave a taken port should not wait for the build to hear of it.
  const port = options["build-only"] ? null : await choosePort(options.port ?? process.env.PORT);
  await alone(prepare);
  if (port !== null) await serve(port, place);
}

async function prepare() {
  const packed = await step("package", hashOf(root, "src", "package.json", "tsconfig.json"), pack, "coatcheck.tgz");
  const modules = await step("modules", hashOf(example, "package.json", "package-lock.json"), install, "node_modules");
  await step("library", packed + modules, installLibrary, "node_modules/coatcheck");
  await step("build", packed + modules + hashOf(example), build, ".next/BUILD_ID");
}

/**
 * Does the work while no other demo of this folder is being prepared.
 *
 * @param {() => Promise<void>} work
 */
async function alone(work) {
  while (!lock()) await new Promise((resolve) => setTimeout(resolve, 200));
  const unlock = () => rmSync(lockFile, { force: true });
  process.once("exit", unlock);
  try {
    await work();
  } finally {
    process.off("exit", unlock);
    unlock();
  }
}

/** Takes the lock, also from a process that has ended without giving it back. */
function lock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!isRunning(Number(existsSync(lockFile) && readFileSync(lockFile, "utf8")))) rmSync(lockFile, { force: true });
    return false;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function readArguments() {
  try {
    return parseArgs({ options: { "build-only": { type: "boolean" }, port: { type: "string" } } }).values;
  } catch (error) {
    throw new Trouble(`${/** @type {Error} */ (error).message}\nUsage: npm run demo -- [--build-only] [--port 3000]`);
  }
}

function checkMachine() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Trouble(`This is Node.js ${process.versions.node}; the demo needs 20.19 or newer.`);
  }
  if (!existsSync(join(root, "node_modules/typescript"))) {
    throw new Trouble("The tools of this repository are not installed yet. Run `npm ci` first.");
  }
}

/**
 * Does a step unless it was done with the same input and its result is still there. Answers the key of its input.
 *
 * @param {string} name
 * @param {string} input
 * @param {() => Promise<void>} work
 * @param {string} result a path below the example
 */
async function step(name, input, work, result) {
  const done = existsSync(doneFile) ? JSON.parse(readFileSync(doneFile, "utf8")) : {};
  const key = digest(name + input);
  if (done[name] === key && existsSync(join(example, result))) return key;
  await work();
  writeFileSync(doneFile, `${JSON.stringify({ ...done, [name]: key }, null, 2)}\n`);
  return key;
}

async function pack() {
  console.log("Packing the library…");
  if (!isBuilt()) await run("npm", ["run", "--silent", "build"], root);
  const out = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", example], root);
  renameSync(join(example, JSON.parse(out)[0].filename), join(example, "coatcheck.tgz"));
}

async function install() {
  console.log("Installing the example…");
  await run("npm", ["ci", "--no-progress"], example);
}

// The lock file holds no checksum of the tarball, which is packed anew all the time.
async function installLibrary() {
  console.log("Installing the library from its tarball…");
  await run("npm", ["install", "--no-save", "--no-progress", "./coatcheck.tgz"], example);
}

async function build() {
  console.log("Building the example…");
  // Bundlers take an installed version for final, and the tarball has the same one every time.
  rmSync(join(example, ".next"), { recursive: true, force: true });
  await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], example);
}

/** @param {string} text */
function isAddress(text) {
  return /^\w+:\/\//.test(text);
}

/** Where the sessions are kept, in words without a password. */
function describeDatabase() {
  if (!isAddress(databaseUrl)) return `SQLite, in ${databaseFile}`;
  const { protocol, host } = new URL(databaseUrl);
  const name = databases[protocol.slice(0, -1)];
  if (name) return `${name}, at ${host}`;
  throw new Trouble(
    `DATABASE_URL begins with "${protocol}//". It takes postgres://, mysql://, redis:// or the path of a SQLite file.`,
  );
}

/** @param {number} port @param {string} place */
async function serve(port, place) {
  const url = `http://localhost:${port}`;
  const lantern = signIn ? null : await openLantern(url); // where Auth.js signs in no page connects an account
  const server = spawn(
    process.execPath,
    ["node_modules/next/dist/bin/next", "start", "--hostname", "localhost", "--port", String(port)],
    {
      cwd: example,
      env: environment({
        ORIGINS: url,
        DATABASE_FILE: databaseFile,
        ...(lantern && {
          LANTERN_ISSUER: lantern.issuer,
          LANTERN_CLIENT_ID: lantern.clientId,
          LANTERN_CLIENT_SECRET: lantern.clientSecret,
        }),
        SESSION_SECRET: process.env.SESSION_SECRET || keptSecret(databaseFile),
        DATABASE_URL: isAddress(databaseUrl) ? databaseUrl : "",
        ...(signIn && { AUTH_SECRET: process.env.AUTH_SECRET || randomBytes(32).toString("base64url") }),
      }),
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  child = server;
  server.once("exit", (code) => {
    if (!isStopping) console.error(`\nThe server has stopped (exit code ${code}).`);
    process.exit(isStopping ? 0 : (code ?? 1));
  });
  await waitFor(`${url}/api/session`);
  console.log(`
  Vesper, a course shop on Coatcheck sessions, is open:

    ${url}

${accounts.map(({ who, email, password }) => `    ${who.padEnd(18)}${email.padEnd(22)}${password}`).join("\n")}
${lantern ? bannerOf(lantern.issuer) : ""}
    ${signIn ? "Auth.js signs in, " : ""}sessions in ${place}

  Press Ctrl-C to close it.`);
}

/** @param {string} library */
function bannerOf(library) {
  return `
    Lantern Library, whose shelves accounts are connected to: ${library}

    ${"a reader".padEnd(18)}${`card ${reader.card}`.padEnd(22)}${reader.pin}
`;
}

/** @param {string} url */
async function waitFor(url) {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const response = await fetch(url).catch(() => null);
    if (response && response.status !== 500) return; // it is up, and does not fail to begin with
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child?.kill();
  throw new Trouble(`The server did not answer as it should at ${url} within 30 seconds.`);
}

/** @param {string | undefined} wanted */
async function choosePort(wanted) {
  if (wanted !== undefined) {
    const port = Number(wanted);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Trouble(`"${wanted}" is not a port.`);
    if (await isFree(port)) return port;
    throw new Trouble(`Port ${port} is taken. Choose another: npm run demo -- --port ${port + 1}`);
  }
  for (let port = 3000; port < 3100; port += 1) if (await isFree(port)) return port;
  throw new Trouble("Every port from 3000 to 3099 is taken. Choose another: npm run demo -- --port 4000");
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "localhost", () => probe.close(() => resolve(true)));
  });
}

/**
 * Runs a command quietly; what it printed is shown if it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<string>}
 */
function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const running = spawn(command, args, { cwd, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    child = running;
    let out = "";
    let all = "";
    running.stdout.on("data", (chunk) => {
      out += chunk;
      all += chunk;
    });
    running.stderr.on("data", (chunk) => {
      all += chunk;
    });
    running.once("error", reject);
    running.once("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Trouble(`${all}\nThis failed in ${cwd}: ${command} ${args.join(" ")}`));
    });
  });
}

/** @param {Record<string, string>} [more] */
function environment(more) {
  // NODE_ENV is for Next to choose: a test runner's "test" would make another build.
  const { NODE_ENV: _, ...inherited } = process.env;
  /** @type {Record<string, string | undefined>} */
  const variables = { ...inherited, NEXT_TELEMETRY_DISABLED: "1", ...more };
  return /** @type {NodeJS.ProcessEnv} */ (variables);
}

/** Whether `dist` is newer than everything it is made from: `npm test` has built it just before. */
function isBuilt() {
  const built = join(root, "dist/index.js");
  if (!existsSync(built)) return false;
  const sources = [...filesBelow(join(root, "src")), join(root, "tsconfig.json"), join(root, "tsconfig.build.json")];
  return sources.every((file) => statSync(file).mtimeMs < statSync(built).mtimeMs);
}

/**
 * The hash of files and of everything in folders, but for what is generated. Without names: of the whole folder.
 *
 * @param {string} folder
 * @param {string[]} names
 */
function hashOf(folder, ...names) {
  const files = names.length === 0 ? filesBelow(folder) : names.flatMap((name) => filesBelow(join(folder, name)));
  return digest(files.map((file) => file.slice(folder.length) + digest(readFileSync(file))).join("\n"));
}

/** @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path).filter((name) => !generated.has(name) && !name.endsWith(".tsbuildinfo"));
  return names.sort().flatMap((name) => filesBelow(join(path, name)));
}

/** @param {string | Buffer} content */
function digest(content) {
  return createHash("sha256").update(content).digest("hex");
}
