import type { Runtime } from "../../runtime.ts";

/** The options that every SQL store has. */
export interface CommonOptions {
  readonly table: unknown;
  readonly migrate: unknown;
  readonly name: unknown;
  readonly runtime: Runtime;
}

const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** What a name of a table is made of, in words. */
export const naming = "must be letters, digits and underscores, at most 63, and no digit first";

/** Tells whether a text may name a table: letters, digits and underscores, at most 63, in every SQL database. */
export function isTableName(name: unknown): name is string {
  return typeof name === "string" && pattern.test(name) && !/^sqlite_/i.test(name);
}

/** What is wrong with the common options, each as part of a sentence. */
export function commonProblems({ table, migrate, name, runtime }: CommonOptions): string[] {
  const problems: string[] = [];
  if (!isTableName(table)) problems.push(`table ${naming}`);
  if (typeof migrate !== "boolean") problems.push("migrate must be true or false");
  if (typeof name !== "string" || name === "") problems.push("name must be a text that is not empty");
  if (!isRuntime(runtime)) problems.push("runtime must have the functions now, after and jitter");
  return problems;
}

/** A complaint about each option that there is not. */
export function unknownOptions(given: object, known: object): string[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `there is no option ${JSON.stringify(name)}`);
}

function isRuntime(runtime: Runtime): boolean {
  return [runtime?.now, runtime?.after, runtime?.jitter].every((part) => typeof part === "function");
}
