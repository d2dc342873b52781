import { type CorruptRecord, isCorrupt, type SessionRecord } from "../../store/record.ts";

type Found = SessionRecord | CorruptRecord | null;

interface Copy {
  readonly record: SessionRecord;
  /** When the read that found it was sent. */
  readonly readAt: number;
  readonly bytes: number;
}

/** Reads of one id that are under way and whose answer may be kept. Whoever drops the id forgets them. */
interface Expected {
  readers: number;
}

/** A read under way. */
export interface Reading {
  readonly ids: readonly string[];
  readonly readAt: number;
  readonly expected: readonly (Expected | null)[];
}

/**
 * The copies of records that a process keeps: at most `maxBytes` of them, the ones used longest ago make way.
 *
 * The order of events is what matters here. What was read before a change may be older than the change, whenever its
 * answer arrives. So an answer is kept only if nothing has dropped its id since the read was sent, and none is kept that was
 * read while a change of the same record was on its way.
 */
export class Copies {
  readonly #ttl: number;
  readonly #maxBytes: number;
  /** The one used longest ago comes first. */
  readonly #copies = new Map<string, Copy>();
  readonly #expected = new Map<string, Expected>();
  /** How many changes of a record are on their way. */
  readonly #changing = new Map<string, number>();
  #bytes = 0;
  #latest = 0;

  constructor(ttl: number, maxBytes: number) {
    this.#ttl = ttl;
    this.#maxBytes = maxBytes;
  }

  /** How many bytes the copies take, by this class's own reckoning. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The copy of a record, if it is young enough at `now`. */
  take(id: string, now: number): SessionRecord | null {
    this.#noteTime(now);
    const copy = this.#copies.get(id);
    if (!copy) return null;
    if (now - copy.readAt >= this.#ttl) {
      this.#remove(id);
      return null;
    }
    this.#copies.delete(id);
    this.#copies.set(id, copy);
    return copy.record;
  }

  /** Notes that a read is sent now. Every read that begins ends by `endRead`. */
  beginRead(ids: readonly string[], readAt: number): Reading {
    this.#noteTime(readAt);
    return { ids, readAt, expected: ids.map((id) => this.#expect(id)) };
  }

  /** Keeps what a read has found, where that may be kept. `null`: the read has failed. */
  endRead({ ids, readAt, expected }: Reading, found: readonly Found[] | null): void {
    for (const [at, id] of ids.entries()) {
      const mine = expected[at];
      if (!mine || this.#expected.get(id) !== mine) continue;
      mine.readers -= 1;
      if (mine.readers === 0) this.#expected.delete(id);
      if (found) this.#keep(id, found[at] ?? null, readAt);
    }
  }

  /** Drops the copy of a record that is about to change, and keeps none until the change has ended by `endChange`. */
  beginChange(id: string): void {
    this.drop([id]);
    this.#changing.set(id, (this.#changing.get(id) ?? 0) + 1);
  }

  endChange(id: string): void {
    const left = (this.#changing.get(id) ?? 0) - 1;
    if (left > 0) this.#changing.set(id, left);
    else this.#changing.delete(id);
  }

  /** Forgets records, the answers of reads that are under way included. */
  drop(ids: readonly string[]): void {
    for (const id of ids) {
      this.#remove(id);
      this.#expected.delete(id);
    }
  }

  /** Forgets the records of a user, but for one, and whatever is being read. Answers the ids that were known. */
  dropUser(userId: string, except?: string): readonly string[] {
    const ids = [...this.#copies].filter(([id, { record }]) => record.userId === userId && id !== except);
    const known = ids.map(([id]) => id);
    this.drop(known);
    this.#expected.clear();
    return known;
  }

  /** Forgets everything, the answers of reads that are under way included. */
  clear(): void {
    this.#copies.clear();
    this.#expected.clear();
    this.#bytes = 0;
  }

  #expect(id: string): Expected | null {
    if (this.#changing.has(id)) return null;
    const expected = this.#expected.get(id) ?? { readers: 0 };
    expected.readers += 1;
    this.#expected.set(id, expected);
    return expected;
  }

  #keep(id: string, found: Found, readAt: number): void {
    if ((this.#copies.get(id)?.readAt ?? readAt) > readAt) return; // a later read was answered first
    this.#remove(id);
    if (found === null || isCorrupt(found)) return;
    const bytes = bytesOf(found);
    if (bytes > this.#maxBytes || this.#ttl === 0) return;
    // A copy of the copy: what was given out belongs to whoever asked for it.
    const record = Object.freeze({ ...found, data: Object.freeze({ ...found.data }) });
    this.#copies.set(id, { record, readAt, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) this.#remove(this.#copies.keys().next().value as string);
  }

  #remove(id: string): void {
    const copy = this.#copies.get(id);
    if (!copy) return;
    this.#copies.delete(id);
    this.#bytes -= copy.bytes;
  }

  // A clock that was set back would make old copies young again.
  #noteTime(now: number): void {
    if (now < this.#latest) this.clear();
    this.#latest = now;
  }
}

/** What a copy takes beside its texts: the objects, the instants, the place in the map. */
const fixedBytes = 900;
const bytesPerKey = 48;

/** Reckons what a copy takes, rather too much than too little: two bytes for each character. */
function bytesOf(record: SessionRecord): number {
  const { id, digest, previousDigest, userId, device, actor, data } = record;
  let characters = id.length * 2 + digest.length;
  for (const text of [previousDigest, userId, device, actor]) characters += text?.length ?? 0;
  const keys = Object.keys(data);
  for (const key of keys) characters += key.length + (data[key] as string).length;
  return fixedBytes + keys.length * bytesPerKey + characters * 2;
}
