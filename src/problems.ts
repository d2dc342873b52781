import { SessionConfigError, type SessionErrorCode } from "./errors.ts";

/** Something wrong in the configuration: what it is and where, and what to do about it. */
export interface Problem {
  readonly code: SessionErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** The one error that names every problem with its fix. */
export function configError(problems: readonly Problem[]): SessionConfigError {
  const codes = new Set(problems.map((problem) => problem.code));
  const code = codes.size === 1 ? (problems[0] as Problem).code : "CONFIG_INVALID";
  if (problems.length === 1)
    return new SessionConfigError(code, (problems[0] as Problem).message, { hint: (problems[0] as Problem).hint });
  const lines = problems.map((problem) => `\n- ${problem.message} ${problem.hint}`);
  return new SessionConfigError(code, `The configuration has ${problems.length} problems:${lines.join("")}`);
}
