import type { Writable } from "node:stream";

/** How a command ends: as was asked, not wholly, or not at all, since it was asked for wrongly. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command that was typed wrongly. Its message says how. */
export class UsageError extends Error {}

/** Says what was asked for. */
export function answer(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Says how it goes, beside the answer. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Ends the process, whatever holds it open, once everything that was said has left it. */
export async function endProcess(code: ExitCode): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(code);
}

/** Writing in turn: the callback of nothing comes after everything before it. A reader who has gone is not waited for. */
function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.write("", () => resolve());
  });
}

/** What an error says, with its cause; of one that is not ours, with the place. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { readonly code?: unknown };
  const isOurs = Symbol.for("coatcheck.error") in error;
  const said = isOurs ? `${code}: ${error.message}` : (error.stack ?? error.message);
  return error.cause === undefined ? said : `${said}\nCaused by: ${reasonOf(error.cause)}`;
}
