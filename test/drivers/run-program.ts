import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const programs = fileURLToPath(new URL("programs/", import.meta.url));

/** How to run a program: with which Node, and in which folder. */
export interface Surroundings {
  readonly node?: string;
  readonly cwd?: string;
}

/** Runs one of the programs beside this file in a process of its own, and reads the JSON that it prints last. */
export async function runProgram(name: string, args: readonly string[], around: Surroundings = {}): Promise<unknown> {
  const { node = process.execPath, cwd } = around;
  const { stdout } = await promisify(execFile)(node, [`${programs}${name}.mjs`, ...args], { ...(cwd && { cwd }) });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** Starts the program that holds the write lock of a file, and resolves when it holds it. */
export async function holdLock(path: string, ms: number): Promise<{ readonly released: Promise<unknown> }> {
  const child = spawn(process.execPath, [`${programs}hold-lock.mjs`, path, String(ms)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const released = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`hold-lock ended with ${code}`)));
  });
  return { released };
}

/** Resolves with the longest time in milliseconds for which the event loop stood still until `end`. */
export async function longestBlock(end: Promise<unknown>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    [last, longest] = [now, Math.max(longest, now - last)];
  }, 1);
  await end.finally(() => clearInterval(timer));
  return longest;
}
