import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import type { Limits } from "./room.ts";

/** The options of `memoryStore`. */
export interface MemoryStoreOptions {
  /** How many sessions the store holds at most (default 100,000). */
  readonly maxEntries?: number;
  /** How many bytes the sessions take at most, by the store's own reckoning (default 268,435,456: 256 MiB). */
  readonly maxBytes?: number;
  /** What the store is called in errors and events (default `"memory"`). */
  readonly name?: string;
  /** The clock and the timers by which expired sessions are removed (default: those of the machine). */
  readonly runtime?: Pick<Runtime, "now" | "background">;
}

/** The options with their defaults. */
export interface MemorySettings extends Limits {
  readonly name: string;
  readonly runtime: Pick<Runtime, "now" | "background">;
}

const defaults: MemorySettings = {
  maxEntries: 100_000,
  maxBytes: 256 * 1_048_576,
  name: "memory",
  runtime: systemRuntime,
};

const mostEntries = 100_000_000;

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(options: MemoryStoreOptions): MemorySettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: MemorySettings = { ...defaults, ...given };
  const problems = [...unknownOptions(given), ...problemsOf(settings)];
  if (problems.length === 0) return settings;
  throw new SessionConfigError("CONFIG_INVALID", `memoryStore cannot be made: ${problems.join("; ")}.`, {
    hint: "memoryStore() without options is right for development and tests.",
  });
}

function unknownOptions(given: object): string[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(defaults, name))
    .map((name) => `there is no option ${JSON.stringify(name)}`);
}

function problemsOf({ maxEntries, maxBytes, name, runtime }: MemorySettings): string[] {
  const problems: string[] = [];
  if (!isCount(maxEntries) || maxEntries > mostEntries) {
    problems.push(`maxEntries must be a whole number from 1 to ${mostEntries}`);
  }
  if (!isCount(maxBytes)) problems.push("maxBytes must be a whole number from 1");
  if (typeof name !== "string" || name === "") problems.push("name must be a text that is not empty");
  if (typeof runtime?.now !== "function" || typeof runtime.background !== "function") {
    problems.push("runtime must have the functions now and background");
  }
  return problems;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
