import { type CorruptRecord, isCorrupt, type SessionRecord } from "../record.ts";

const fieldNames: readonly (keyof SessionRecord)[] = [
  "id",
  "digest",
  "previousDigest",
  "previousGraceEndsAt",
  "userId",
  "data",
  "device",
  "actor",
  "createdAt",
  "authenticatedAt",
  "lastSeenAt",
  "idleExpiresAt",
  "expiresAt",
  "persistent",
  "generation",
  "version",
];

/** What `find` answers for one id. */
export type Found = SessionRecord | CorruptRecord | null | undefined;

/** Fails with a message that says what was expected, in words, and what came. */
export function fail(what: string, expected: string, actual: unknown): never {
  throw new Error(`${what}: expected ${expected}, but got ${show(actual)}.`);
}

/** Fails unless both values are the same all the way down. Prototypes and the order of keys do not count. */
export function equal(what: string, actual: unknown, expected: unknown): void {
  if (!isSame(actual, expected)) fail(what, show(expected), actual);
}

/** Fails unless the record was found and every field of it is as expected. */
export function sameRecord(what: string, found: Found, expected: SessionRecord): void {
  const record = readable(what, found);
  for (const name of fieldNames) {
    if (name === "data") sameData(what, record.data, expected.data);
    else equal(`${what}, field ${name}`, record[name], expected[name]);
  }
}

/** Fails unless both hold the same keys with the same texts; names the first key that differs. */
export function sameData(what: string, actual: SessionRecord["data"], expected: SessionRecord["data"]): void {
  equal(`${what}, the keys of data`, Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [key, text] of Object.entries(expected)) {
    const came = ownValue(actual, key);
    if (came !== text) fail(`${what}, data key ${show(key)}`, show(text), came);
  }
}

/** The found record, which must be there and readable. */
export function readable(what: string, found: Found): SessionRecord {
  if (!found || isCorrupt(found)) return fail(what, "a record", found);
  return found;
}

/** How often each answer came. */
export function tally(answers: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}

/** Writes a value for a message: short, and with everything unprintable escaped. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, plain) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSame(ownValue(left, key), ownValue(right, key)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// Not `object[key]`: that would read `__proto__` from the prototype.
function ownValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
