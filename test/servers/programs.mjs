import { execFileSync } from "node:child_process";

/** Tells whether a program of this machine can be run, for `describeWith`. */
export function hasProgram(name) {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return `needs the program ${name}, which is not installed`;
  }
}
