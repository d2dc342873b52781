import { keptKey, type SessionRecord } from "../../store/record.ts";

/** What of a record is kept as text. Its id and its instants, which a touch moves, are kept beside it. */
export type Packable = Omit<SessionRecord, "id" | "createdAt" | "lastSeenAt" | "idleExpiresAt" | "expiresAt">;

const absent = "\x00";
const yes = "1";

/**
 * Packs the texts of a record into one string: each with its length (plus one; zero stands for `null`) before it.
 *
 * One string is less to hold, and less for the garbage collector to visit, than an object with its strings; and whoever
 * reads it gets a copy, whatever they do to it.
 */
export function pack(record: Packable): string {
  const parts: string[] = [];
  put(parts, record.digest);
  put(parts, record.previousDigest);
  put(parts, digits(record.previousGraceEndsAt));
  put(parts, record.userId);
  put(parts, record.device);
  put(parts, record.actor);
  put(parts, digits(record.authenticatedAt));
  put(parts, record.persistent ? yes : null);
  put(parts, digits(record.generation));
  put(parts, digits(record.version));
  for (const key of Object.keys(record.data)) {
    put(parts, key);
    put(parts, record.data[key] as string);
  }
  // Joining, unlike adding, makes a flat string that holds on to none of its parts.
  return parts.join("");
}

/** Reads what {@link pack} has written. */
export function unpack(packed: string): Packable {
  const reader = new Reader(packed);
  return {
    digest: reader.text(),
    previousDigest: reader.next(),
    previousGraceEndsAt: reader.number(),
    userId: reader.next(),
    device: reader.next(),
    actor: reader.next(),
    authenticatedAt: reader.number(),
    persistent: reader.next() === yes,
    generation: Number(reader.text()),
    version: Number(reader.text()),
    data: reader.rest(),
  };
}

/** The engine's own: it is no session, and nobody's. */
export const theEngines = Symbol("the engine's own");

/** Whose a record is: its user's, `null` for a stranger's, or the engine's own. */
export type Owner = string | null | typeof theEngines;

/** Whose a record is. */
export function ownerOf({ userId, data }: Pick<SessionRecord, "userId" | "data">): Owner {
  return userId ?? (Object.hasOwn(data, keptKey) ? theEngines : null);
}

/** Reads whose a packed record is, and no more than that takes. */
export function ownerIn(packed: string): Owner {
  const reader = new Reader(packed);
  reader.skip(3); // digest, previousDigest, previousGraceEndsAt
  const userId = reader.next();
  if (userId !== null) return userId;
  reader.skip(6); // device, actor, authenticatedAt, persistent, generation, version
  return reader.hasKey(keptKey) ? theEngines : null;
}

/** A copy of a text that keeps no other text alive: an id may be a slice of a header, or a rope of single letters. */
export function flat(text: string): string {
  return [text.slice(0, 1), text.slice(1)].join("");
}

/** The bytes that the engine spends on a text: two for each unit as soon as one of them is not Latin-1. */
export function bytesOf(text: string): number {
  const width = /[\u0100-\uffff]/.test(text) ? 2 : 1;
  return (text.length * width + 16 + 7) & ~7;
}

function digits(number: number | null): string | null {
  return number === null ? null : String(number);
}

function put(parts: string[], text: string | null): void {
  if (text === null) parts.push(absent);
  else parts.push(lengthMark(text.length + 1), text);
}

// Seven bits a letter, the lowest first; the eighth says that more follow. Always Latin-1, so it widens no string.
function lengthMark(length: number): string {
  if (length < 128) return String.fromCharCode(length);
  return String.fromCharCode((length & 127) | 128) + lengthMark(length >>> 7);
}

// Data has no usual prototype, so that "__proto__" and "constructor" are keys like any other. An instance, unlike
// Object.create(null), is as quick as a plain object.
const Data = function Data() {} as unknown as new () => Record<string, string>;
Data.prototype = Object.freeze(Object.create(null));

class Reader {
  readonly #packed: string;
  #at = 0;

  constructor(packed: string) {
    this.#packed = packed;
  }

  next(): string | null {
    const length = this.#length();
    if (length === 0) return null;
    const start = this.#at;
    this.#at = start + length - 1;
    return this.#packed.slice(start, this.#at);
  }

  skip(texts: number): void {
    for (let skipped = 0; skipped < texts; skipped++) {
      const length = this.#length();
      if (length > 0) this.#at += length - 1;
    }
  }

  /** Whether what is left, keys each with a text, has a key. */
  hasKey(wanted: string): boolean {
    while (this.#at < this.#packed.length) {
      if (this.next() === wanted) return true;
      this.skip(1);
    }
    return false;
  }

  text(): string {
    return this.next() as string;
  }

  number(): number | null {
    const text = this.next();
    return text === null ? null : Number(text);
  }

  rest(): Record<string, string> {
    const data = new Data();
    while (this.#at < this.#packed.length) {
      const key = this.text();
      data[key] = this.text();
    }
    return data;
  }

  #length(): number {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const unit = this.#packed.charCodeAt(this.#at++);
      length |= (unit & 127) << shift;
      if (unit < 128) return length;
    }
  }
}
