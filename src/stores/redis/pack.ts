import type { CorruptRecord, SessionRecord } from "../../store/record.ts";
import { decodeText, encodeLine, encodeText } from "./text.ts";

/*
 * A session is one hash. The field "r" holds everything but the data as lines, so that a read decodes one text and a script
 * takes it apart without JSON; each data key has a field of its own, its name after a dot. The field "x", alone, is what is
 * left of a session that was destroyed.
 */

/** The field of everything but the data. */
export const packedField = "r";

/** How many lines the packed field has at least. Later versions may add some. */
export const lineCount = 17;

const format = "1";

/** The parts of a record in the order of their lines; `binding` names its entry in the index of its user. */
export function pack(record: SessionRecord, binding: string): string {
  return [
    format,
    record.lastSeenAt,
    record.idleExpiresAt,
    record.expiresAt,
    record.generation,
    record.version,
    encodeLine(record.digest),
    lineOf(record.previousDigest),
    record.previousGraceEndsAt ?? "",
    lineOf(record.userId),
    lineOf(record.device),
    lineOf(record.actor),
    record.createdAt,
    record.authenticatedAt ?? "",
    flag(record.persistent),
    binding,
    "",
  ].join("\n");
}

/** A text or `null` as a line. */
export function lineOf(text: string | null): string {
  return text === null ? "" : encodeLine(text);
}

/** A yes or no as a line. */
export function flag(value: boolean): string {
  return value ? "1" : "0";
}

/** The name of the field of a data key. */
export function fieldOf(key: string): string {
  return `.${encodeText(key)}`;
}

/** Reads a hash as a client gives it: a list of names and values, a map, or an object. Never throws, never answers a part. */
export function unpack(id: string, reply: unknown): SessionRecord | CorruptRecord | null {
  try {
    const hash = readHash(reply);
    if (hash.packed !== null) return readLines(id, hash.packed, hash.data);
    if (hash.fields === 0 || (hash.isRemains && hash.fields === 1)) return null;
    return { id, corrupt: "The hash has no packed field." };
  } catch {
    return { id, corrupt: "The hash is not what this store writes." };
  }
}

// Data has no usual prototype, so that "__proto__" and "constructor" are keys like any other. An instance, unlike
// Object.create(null), is as quick as a plain object.
const Data = function Data() {} as unknown as new () => Record<string, string>;
Data.prototype = Object.freeze(Object.create(null));

class Hash {
  readonly data = new Data();
  packed: string | null = null;
  isRemains = false;
  fields = 0;

  add(name: string, value: string): void {
    this.fields++;
    if (name.charCodeAt(0) === dot) this.data[decodeText(name.slice(1))] = decodeText(value);
    else if (name === packedField) this.packed = value;
    else if (name === "x") this.isRemains = true;
  }
}

const dot = 46;

function readHash(reply: unknown): Hash {
  const hash = new Hash();
  if (Array.isArray(reply)) {
    for (let at = 0; at < reply.length; at += 2) hash.add(textOf(reply[at]), textOf(reply[at + 1]));
  } else if (reply instanceof Map) {
    for (const [name, value] of reply) hash.add(textOf(name), textOf(value));
  } else {
    const fields = reply as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(fields)) hash.add(name, textOf(fields[name]));
  }
  return hash;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return utf8.decode(value);
  throw new TypeError("not a text");
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The lines of the packed field, in their order. */
type Lines = [
  format: string,
  lastSeenAt: string,
  idleExpiresAt: string,
  expiresAt: string,
  generation: string,
  version: string,
  digest: string,
  previousDigest: string,
  previousGraceEndsAt: string,
  userId: string,
  device: string,
  actor: string,
  createdAt: string,
  authenticatedAt: string,
  persistent: string,
];

function readLines(id: string, packed: string, data: SessionRecord["data"]): SessionRecord | CorruptRecord {
  const lines = packed.split("\n");
  if (lines.length < lineCount || lines[0] !== format) {
    return { id, corrupt: "The packed field has another format." };
  }
  const line = lines as unknown as Lines;
  return {
    id,
    digest: decodeText(line[6]),
    previousDigest: textIn(line[7]),
    previousGraceEndsAt: numberOrNull(line[8]),
    userId: textIn(line[9]),
    data,
    device: textIn(line[10]),
    actor: textIn(line[11]),
    createdAt: numberIn(line[12]),
    authenticatedAt: numberOrNull(line[13]),
    lastSeenAt: numberIn(line[1]),
    idleExpiresAt: numberIn(line[2]),
    expiresAt: numberIn(line[3]),
    persistent: flagIn(line[14]),
    generation: numberIn(line[4]),
    version: numberIn(line[5]),
  };
}

function textIn(line: string): string | null {
  return line === "" ? null : decodeText(line);
}

function numberOrNull(line: string): number | null {
  return line === "" ? null : numberIn(line);
}

function numberIn(line: string): number {
  const number = Number(line);
  if (line === "" || !Number.isSafeInteger(number)) throw new TypeError("not a whole number");
  return number;
}

function flagIn(line: string): boolean {
  if (line !== "0" && line !== "1") throw new TypeError("neither yes nor no");
  return line === "1";
}
