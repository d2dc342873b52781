import { utf8Length } from "../bytes.ts";
import { type DataIssue, SessionConfigError, SessionDataError } from "../errors.ts";
import { isPromise } from "../maybe.ts";
import { copyOfJson, encodeJson, fitsKeys, tooManyKeys } from "./json.ts";
import { isSchema, issuePath, type SchemaResult, type StandardSchema } from "./standard-schema.ts";

/** A schema for each key of the data. */
export type DataSchemas = Readonly<Record<string, StandardSchema>>;

/** Why a stored value was passed over. */
export type DiscardReason = "unreadable" | "invalid";

/** What reading one key gave. `discarded` says why the stored value was not used. */
export interface DecodedValue {
  readonly value: unknown;
  readonly discarded?: DiscardReason;
}

/** All the data of one session may take this much, as JSON in UTF-8. */
const mostBytes = 65_536;

/** What the application's data looks like: which keys, what fits each, what stands in for an absent one. */
export interface DataShape {
  /** The configured keys, or `null` when any key is allowed. */
  readonly keys: readonly string[] | null;
  /** Whether a key of the record is somebody else's: an extension's own, or a refresh family's. */
  isForeign(key: string): boolean;
  /** Whether something stands in for the key while it is absent. */
  hasDefault(key: string): boolean;
  /** Validates a value and writes it as the text to store. */
  encode(key: string, value: unknown): string;
  /** Reads a stored text; an absent or unfit one reads as the default. */
  decode(key: string, text: string | undefined): DecodedValue;
}

/**
 * Makes a shape from its schemas. Every problem is pushed into `problems`, in words.
 *
 * @param foreign Beginnings of keys that are not the application's.
 */
export function createDataShape(
  schemas: DataSchemas | undefined,
  problems: string[],
  foreign: readonly string[] = [],
): DataShape {
  const isForeign = (key: string) => foreign.some((beginning) => key.startsWith(beginning));
  if (!schemas) return createOpenShape(isForeign);
  for (const key of Object.keys(schemas).filter(isForeign))
    problems.push(`data.${key} is the key of an extension, or of ours.`);
  const defaults = new Map<string, string>();
  for (const [key, schema] of Object.entries(schemas)) checkSchema(key, schema, defaults, problems);
  const keys = Object.freeze(Object.keys(schemas));
  return {
    keys,
    isForeign,
    hasDefault: (key) => defaults.has(key),
    encode(key, value) {
      if (!Object.hasOwn(schemas, key)) throw unknownKey(key, keys);
      return encodeFitting(`data.${key}`, schemas[key] as StandardSchema, value);
    },
    decode: (key, text) => {
      const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
      return decodeFitting(schema, text, defaults.get(key));
    },
  };
}

function createOpenShape(isForeign: DataShape["isForeign"]): DataShape {
  return {
    keys: null,
    isForeign,
    hasDefault: () => false,
    encode(key, value) {
      if (key === "__proto__" || isForeign(key)) throw unknownKey(key, null);
      return encodeJson(value, `data.${key}`);
    },
    decode(key, text) {
      if (text === undefined || isForeign(key)) return { value: undefined };
      const value = parse(text);
      return value === unreadable ? { value: undefined, discarded: "unreadable" } : { value };
    },
  };
}

/** Refuses data that would be over the limits once these texts are stored. */
export function checkSize(texts: Readonly<Record<string, string>>): void {
  const keys = Object.keys(texts);
  if (!fitsKeys(keys.length)) throw tooManyKeys("data");
  let bytes = 2;
  for (const key of keys) bytes += utf8Length(JSON.stringify(key)) + utf8Length(texts[key] as string) + 2;
  if (bytes - 1 <= mostBytes || keys.length === 0) return;
  throw new SessionDataError(
    "DATA_TOO_LARGE",
    `The session's data would take ${bytes - 1} bytes; the limit is ${mostBytes}.`,
    {
      hint: "Keep large values in your own database and their id in the session.",
      issues: [{ path: "data", message: `more than ${mostBytes} bytes` }],
    },
  );
}

function checkSchema(key: string, schema: unknown, defaults: Map<string, string>, problems: string[]): void {
  if (key === "__proto__") problems.push('data has the key "__proto__".');
  if (!isSchema(schema)) {
    problems.push(
      `data.${key} is not a Standard Schema. Use one of zod, valibot, arktype or another that implements it.`,
    );
    return;
  }
  try {
    const absent = validate(`data.${key}`, schema, undefined);
    if (absent.issues || absent.value === undefined) return;
    defaults.set(key, encodeJson(absent.value, `The default of data.${key}`));
  } catch (error) {
    problems.push((error as Error).message);
  }
}

function encodeFitting(path: string, schema: StandardSchema, value: unknown): string {
  const result = validate(path, schema, value);
  if (result.issues)
    throw unfit(
      path,
      result.issues.map((issue) => ({ path: issuePath(path, issue), message: issue.message })),
    );
  const text = encodeJson(result.value, path);
  const again = validate(path, schema, JSON.parse(text));
  if (!again.issues) return text;
  throw new SessionConfigError(
    "CONFIG_INVALID",
    `What the schema of ${path} puts out does not fit the schema itself.`,
    {
      hint: "Stored values are read back through the same schema: do without a transform, or accept its result too.",
    },
  );
}

function decodeFitting(
  schema: StandardSchema | undefined,
  text: string | undefined,
  fallback: string | undefined,
): DecodedValue {
  const standIn = fallback === undefined ? undefined : JSON.parse(fallback);
  if (text === undefined || !schema) return { value: standIn };
  const value = parse(text);
  if (value === unreadable) return { value: standIn, discarded: "unreadable" };
  const result = validate("data", schema, value);
  // A schema may hand out one default object to everybody: each reader gets a copy of its own.
  return result.issues ? { value: standIn, discarded: "invalid" } : { value: copyOfJson(result.value) };
}

function validate(path: string, schema: StandardSchema, value: unknown): SchemaResult<unknown> {
  const result = schema["~standard"].validate(value);
  if (!isPromise(result)) return result;
  Promise.resolve(result).catch(() => undefined); // what it comes to does not matter: it is refused as it stands
  throw new SessionConfigError("CONFIG_INVALID", `The schema of ${path} is asynchronous.`, {
    hint: "Session data is validated while it is read: use a schema without async refinements.",
  });
}

const unreadable = Symbol("unreadable");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return unreadable;
  }
}

function unknownKey(key: string, keys: readonly string[] | null): SessionDataError {
  const hint = keys ? `The configured keys are: ${keys.join(", ") || "none"}.` : undefined;
  return new SessionDataError(
    "DATA_INVALID",
    `${JSON.stringify(key.slice(0, 80))} is not a key of the session's data.`,
    {
      ...(hint && { hint }),
      issues: [{ path: "data", message: "unknown key" }],
    },
  );
}

function unfit(path: string, issues: readonly DataIssue[]): SessionDataError {
  const places = issues.slice(0, 3).map((issue) => issue.path);
  return new SessionDataError("DATA_INVALID", `${path} does not fit its schema (at ${places.join(", ")}).`, {
    hint: "The validator's messages are in error.issues.",
    issues,
  });
}
