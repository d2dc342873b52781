import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Watchdog } from "./watchdog.mjs";

/** The program that is started; another one, such as `valkey-server`, may be named. */
const program = process.env.REDIS_SERVER ?? "redis-server";

/**
 * Starts a Redis server of its own on a free loopback port, with a folder of its own.
 *
 * `settings` are those of the configuration file, such as `{ appendonly: "yes" }`. Nothing is saved unless they say so.
 *
 * @param {{ settings?: Record<string, string | number>, port?: number, mode?: string[] }} [options]
 */
export async function startRedis({ settings = {}, port, mode = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-redis-"));
  const at = port ?? (await freePort());
  const given = { port: at, bind: "127.0.0.1", dir: folder, save: "", ...settings };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  const args = present.flatMap(([name, value]) => [`--${name}`, String(value)]);
  let child = await run([...mode, ...args], folder);

  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };

  return {
    port: at,
    folder,
    url: `redis://127.0.0.1:${at}`,
    get pid() {
      return child.pid;
    },
    /** Ends the server as an operator would. Its folder goes, too. */
    async stop() {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
    /** Ends the server as a crash would (kill -9). */
    kill: () => end("SIGKILL"),
    /** Starts it again on the same port and folder. */
    async restart() {
      await end("SIGKILL");
      child = await run([...mode, ...args], folder);
    },
    /** Stops the process without ending it, as a machine that hangs. */
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
  };
}

// The server itself says when it is ready.
async function run(args, folder) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  // A server must not outlive the tests, however they end.
  if (child.pid !== undefined) {
    const watchdog = new Watchdog(child.pid, folder);
    child.once("exit", () => watchdog.dismiss());
  }
  const lines = createInterface({ input: child.stdout });
  const said = [];
  child.stderr.on("data", (data) => said.push(String(data)));
  await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      said.push(line);
      if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} ended:\n${said.slice(-5).join("\n")}`)));
  });
  lines.removeAllListeners("line");
  child.stdout.resume();
  return child;
}

/** A loopback port that nobody listens on, at or above which (by `alsoAbove`) nobody listens either. */
export async function freePort(alsoAbove = 0) {
  for (;;) {
    const port = alsoAbove === 0 ? 0 : 20_000 + Math.floor(Math.random() * 9_000);
    const first = await listen(port);
    if (first === null) continue;
    const second = alsoAbove === 0 ? first : await listen(first + alsoAbove);
    if (second !== null) return first;
  }
}

function listen(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      const taken = server.address().port;
      server.close(() => resolve(taken));
    });
  });
}
