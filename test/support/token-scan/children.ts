import { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { lookAlong } from "./findings.ts";

/** Programs that hand tokens to their test through their standard output: that is what they are for. */
const messengers = /\/(?:crash\/writer|lucia\/programs\/[\w-]+)\.mjs$/;

interface Start {
  args: string[];
  stdio?: unknown;
}

type Starter = (this: ChildProcess, start: Start) => unknown;

/** Looks at everything that processes started from this one print. The synchronous calls are not watched. */
export function watchChildren(): void {
  // What spawn, fork, exec and execFile have in common.
  const shared = ChildProcess.prototype as unknown as { spawn: Starter };
  const { spawn } = shared;
  shared.spawn = function (start) {
    const stdio = Array.isArray(start.stdio) ? [...start.stdio] : Array(3).fill(start.stdio);
    const inherited = [1, 2].filter((fd) => stdio[fd] === "inherit");
    for (const fd of inherited) stdio[fd] = "pipe";
    start.stdio = stdio;
    const result = spawn.call(this, start);
    const name = start.args.find((arg) => /\.[cm]?js$/.test(arg)) ?? start.args[0];
    if (this.stdout && !messengers.test(name ?? "")) watch(this.stdout, `the standard output of ${name}`);
    if (this.stderr) watch(this.stderr, `the standard error of ${name}`);
    // Shown as before.
    if (inherited.includes(1)) this.stdout?.on("data", (chunk) => process.stdout.write(chunk));
    if (inherited.includes(2)) this.stderr?.on("data", (chunk) => process.stderr.write(chunk));
    return result;
  };
}

// A listener of our own would make the stream flow before its reader is there.
function watch(stream: Readable, place: string): void {
  const lookAt = lookAlong(place);
  const push = stream.push.bind(stream);
  stream.push = (chunk, encoding) => {
    lookAt(chunk);
    return push(chunk, encoding);
  };
}
