import { isSessionError, SessionStoreError } from "../../errors.ts";

/** What is asked of an error: the SQLSTATE, or the code of a lost connection. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}

const missing = new Set(["42P01", "42703", "3F000"]);
const undone = new Set(["40001", "40P01"]);

/** Tells that a table, a column or a schema is not there. */
export function isMissing(error: unknown): boolean {
  return missing.has(codeOf(error));
}

/** Tells that the statement was rolled back for the sake of another one, and may be sent again. */
export function isUndone(error: unknown): boolean {
  return undone.has(codeOf(error));
}

/** Tells that the server found a row damaged. */
export function isDamage(error: unknown): boolean {
  return codeOf(error) === "XX001";
}

const pooled = "A pooler in transaction mode keeps no prepared statements: pass { prepare: false }.";
const readOnly = "Sessions need the primary: a standby can neither be written to nor trusted to be up to date.";

const hints: Record<string, string> = {
  "26000": pooled,
  "42P05": pooled,
  "25006": readOnly,
  "42501": "The role of the connection must be allowed to read and write the table; to migrate, to make it.",
  "53300": "The server has no connection left. Look at the sizes of the pools.",
  "53100": "The disk of the server is full.",
};

/** What a client rejected with, as our error. The cause is a copy that holds nothing of the statement's values. */
export function storeError(store: string, task: string, error: unknown): Error {
  if (isSessionError(error)) return error;
  const cause = safeCopy(error);
  if (isMissing(error)) return schemaMissing(store, cause);
  const hint = hints[codeOf(error)] ?? "Look at error.cause for what the client said.";
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" could not ${task}.`, { hint, cause });
}

function schemaMissing(store: string, cause: unknown): SessionStoreError {
  return new SessionStoreError("STORE_SCHEMA_MISSING", `The store "${store}" does not find its table as it needs it.`, {
    hint: "Leave out { migrate: false } to have it made, or run the statements of postgresSchema() yourself.",
    cause,
  });
}

/** The error for a statement that would be, or was, part of somebody else's transaction. */
export function insideTransaction(store: string): SessionStoreError {
  const what = "got a connection that is inside of a transaction, whose end would decide about the statement";
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" ${what}.`, {
    hint: "Give connections back to the pool only after COMMIT or ROLLBACK.",
  });
}

/** The error for a change that others got ahead of again and again. */
export function overtaken(store: string): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", `The store "${store}" was overtaken too often by other changes.`, {
    hint: "Nothing was changed. Try again.",
  });
}

const told = ["code", "severity", "routine", "errno", "syscall"] as const;

// PostgreSQL quotes rows in `detail` and `where`, values in the messages of its classes 22 (data) and 23 (constraints), and
// triggers, functions and foreign servers (P0, 38, 39, HV) say whatever they like; clients attach the statement and its
// parameters.
const quoting = /^(2[23]|3[89]|P0|HV)/;

function safeCopy(error: unknown): Error {
  const original = (error ?? {}) as Readonly<Record<string, unknown>>;
  const code = codeOf(error);
  const copy = new Error(
    quoting.test(code) ? `SQLSTATE ${code}` : String(original.message ?? "The client gave no error."),
  );
  for (const key of told) {
    const value = original[key];
    if (typeof value === "string" || typeof value === "number") Object.assign(copy, { [key]: value });
  }
  return copy;
}
