// @ts-check
import { relative } from "node:path";

/** Something that the reader can put right: printed without a stack. */
export class Trouble extends Error {}

/** A command of ours, whole, as it is typed where the reader is. @param {string} command */
export function typed(command) {
  return `node ${relative(process.cwd(), process.argv[1] ?? "vesper.mjs")} ${command}`;
}
