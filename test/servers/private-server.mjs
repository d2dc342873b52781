import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Watchdog } from "./watchdog.mjs";

const pollEvery = 20;
const longestStart = 60_000;
const longestOutput = 4_000;

/**
 * A database server of a test's own, on a free port of the loopback, with a folder of its own. It can be stopped, killed
 * and started again on the same data and port. It never outlives the process that asked for it, however that ends.
 */
export class PrivateServer {
  folder;
  port;
  #recipe;
  #child = null;
  #watchdog = null;
  #output = "";

  /**
   * @param recipe `name`; `binary` and `argsOf(server)`; `owner`, the system user to be when we are root; `stopSignal`;
   *   `prepare(server)`, once, on the empty folder; `ask(server)`, which rejects while the server is not ready.
   */
  constructor(recipe) {
    this.#recipe = recipe;
  }

  /** Makes the folder, prepares it, and starts the server for the first time. */
  static async open(recipe) {
    const server = new PrivateServer(recipe);
    server.folder = mkdtempSync(join(tmpdir(), `coatcheck-${recipe.name}-`));
    const { uid, gid } = server.identity;
    if (uid !== undefined) chownSync(server.folder, uid, gid);
    try {
      server.port = await freePort();
      await recipe.prepare?.(server);
      await server.start();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Whom to run as: some servers refuse to be root. */
  get identity() {
    return process.getuid() === 0 && this.#recipe.owner ? identityOf(this.#recipe.owner) : {};
  }

  /** Runs a program as the server's user, to its end. */
  run(binary, args) {
    execFileSync(binary, args, { ...this.identity, cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }

  /** Starts the server on the data that is there. Resolves when it answers. */
  async start() {
    const { binary, argsOf } = this.#recipe;
    this.#output = "";
    const options = { ...this.identity, cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] };
    const child = spawn(binary, argsOf(this), options);
    child.ended = new Promise((resolve) => {
      child.once("error", resolve);
      child.once("exit", resolve);
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => this.#note(text));
    this.#child = child;
    this.#watchdog = new Watchdog(child.pid, this.folder);
    await this.#untilReady(child);
  }

  /** Ends the server in good order. */
  async stop() {
    await this.#end((child) => child.kill(this.#recipe.stopSignal ?? "SIGTERM"));
  }

  /** kill -9 of the server and of every process that it has started. */
  async kill() {
    await this.#end(killTree);
  }

  /** Ends the server and removes its data. */
  async close() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #end(how) {
    const child = this.#child;
    if (!child) return;
    this.#child = null;
    if (child.exitCode === null && child.signalCode === null) how(child);
    await child.ended;
    this.#watchdog.dismiss();
  }

  async #untilReady(child) {
    const giveUpAt = Date.now() + longestStart;
    let ended = false;
    child.ended.then(() => {
      ended = true;
    });
    for (;;) {
      const error = await this.#recipe.ask(this).then(
        () => null,
        (reason) => reason,
      );
      if (!error) return;
      if (ended || Date.now() > giveUpAt) {
        await this.kill();
        throw new Error(`${this.#recipe.name} did not start: ${error.message}\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pollEvery));
    }
  }

  #note(text) {
    this.#output = (this.#output + text).slice(-longestOutput);
  }
}

/** A port of the loopback that nothing listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function identityOf(user) {
  const ask = (flag) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: ask("-u"), gid: ask("-g") };
}

// The server first, so that it starts no others meanwhile; stopped, so that its processes stay its children until they end.
function killTree(child) {
  child.kill("SIGSTOP");
  const all = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = all.map((line) => line.trim().split(/\s+/).map(Number));
  for (const [pid, parent] of pairs) if (parent === child.pid) killQuietly(pid);
  child.kill("SIGKILL");
}

function killQuietly(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
