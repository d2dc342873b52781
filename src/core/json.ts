import { SessionDataError } from "../errors.ts";

/** How deep a value may be nested, and how many keys (or items) of one object count as too many keys. */
const deepest = 32;
const mostKeys = 1_024;

/**
 * Writes a value as JSON text, or refuses it with the path of the first thing that JSON would change silently: a Date, a
 * BigInt, NaN, `undefined` in an array, a hole, a cycle, a class instance, a function, a symbol. A property that is
 * `undefined` is left out, as if it were absent. What `JSON.parse` makes of the text equals the value.
 *
 * @throws {@link SessionDataError} `DATA_INVALID`: not JSON, or the key `__proto__`. `DATA_TOO_LARGE`: nested deeper than
 *   32 levels, or an object with more than 1,024 keys.
 */
export function encodeJson(value: unknown, path: string, depth = 0): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "number":
      return encodeNumber(value, path);
    case "object":
      if (value === null) return "null";
      if (depth >= deepest) throw tooDeep(path);
      return Array.isArray(value) ? encodeArray(value, path, depth) : encodeObject(value, path, depth);
    default:
      throw notJson(path, `is ${typeof value === "undefined" ? "undefined" : `a ${typeof value}`}`);
  }
}

function encodeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw notJson(path, `is ${value}`);
  // JSON.stringify would turn -0 into 0, though "-0" is JSON.
  return Object.is(value, -0) ? "-0" : String(value);
}

function encodeArray(items: readonly unknown[], path: string, depth: number): string {
  if (Object.keys(items).length !== items.length) throw notJson(path, "is an array with holes or extra properties");
  const texts = items.map((item, index) => encodeJson(item, `${path}[${index}]`, depth + 1));
  return `[${texts.join(",")}]`;
}

function encodeObject(value: object, path: string, depth: number): string {
  if (!isPlain(value)) throw notJson(path, `is ${describeInstance(value)}`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw notJson(path, "has a symbol as a key");
  const keys = Object.keys(value);
  if (keys.length > mostKeys) throw tooManyKeys(path);
  const entries: string[] = [];
  for (const key of keys) {
    const inside = (value as Record<string, unknown>)[key];
    if (key === "__proto__") throw notJson(path, 'has the key "__proto__"');
    if (inside !== undefined) entries.push(`${JSON.stringify(key)}:${encodeJson(inside, `${path}.${key}`, depth + 1)}`);
  }
  return `{${entries.join(",")}}`;
}

/** Reads a stored text, or answers `null` when it is not JSON: what is stored may be damaged, and must not throw. */
export function decodeJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Copies a JSON value. An own key `__proto__` stays an own key. */
export function copyOfJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOfJson);
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, copyOfJson(inside)]));
}

/** Freezes a value that came out of `JSON.parse`, all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const key in value) deepFreeze((value as Record<string, unknown>)[key]);
  return Object.freeze(value);
}

/** Refuses data with more than 1,024 top-level keys. */
export function tooManyKeys(path: string): SessionDataError {
  return new SessionDataError("DATA_TOO_LARGE", `${path} has more than ${mostKeys} keys.`, {
    hint: "Keep large collections in your own database and their id in the session.",
    issues: [{ path, message: `more than ${mostKeys} keys` }],
  });
}

/** Whether an object with this many keys is still accepted. */
export function fitsKeys(count: number): boolean {
  return count <= mostKeys;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // A plain object of another realm, such as Next's edge sandbox, has another Object.prototype.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "hasOwnProperty");
}

function describeInstance(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && /^\w{1,40}$/.test(name) ? `an instance of ${name}` : "not a plain object";
}

function notJson(path: string, what: string): SessionDataError {
  return new SessionDataError("DATA_INVALID", `${path} ${what}, which JSON cannot keep.`, {
    hint: "Store strings, finite numbers, booleans, null, arrays and plain objects; write a Date as a number.",
    issues: [{ path, message: what }],
  });
}

function tooDeep(path: string): SessionDataError {
  const place = path.length > 80 ? `${path.slice(0, 80)}…` : path;
  return new SessionDataError("DATA_TOO_LARGE", `${place} is nested deeper than ${deepest} levels.`, {
    hint: "Flatten it, or break a cycle.",
    issues: [{ path: place, message: `deeper than ${deepest} levels` }],
  });
}
