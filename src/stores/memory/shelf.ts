import type { SessionRecord } from "../../store/record.ts";
import { Deadlines } from "./deadlines.ts";
import { bytesOf, flat, type Owner, ownerIn, ownerOf, pack, unpack } from "./pack.ts";
import { Rings } from "./rings.ts";
import { Index } from "./slot-index.ts";
import { instant, link, none, Slots } from "./slots.ts";

/** What some sessions take together. */
export interface Load {
  readonly entries: number;
  readonly bytes: number;
}

// What a slot, its index entry and its place in a ring take beside its texts, measured at a million sessions.
const overhead = 120;
const overheadOfUser = 48;

/** A record made ready to be kept: its text, and what it will take. */
export interface Parcel {
  readonly record: SessionRecord;
  readonly text: string;
  readonly bytes: number;
}

/** Makes a record ready to be kept. From here on nothing of the caller's is held. */
export function parcel(record: SessionRecord): Parcel {
  const text = pack(record);
  const ofUser = record.userId === null ? 0 : overheadOfUser + bytesOf(record.userId);
  return { record, text, bytes: overhead + bytesOf(record.id) + bytesOf(text) + ofUser };
}

/** The records of one store: by id, by user, by deadline and by last use, with what they take. */
export class Shelf {
  readonly deadlines: Deadlines;
  readonly #slots = new Slots();
  readonly #ids = new Index();
  readonly #rings: Rings;
  #all: Load = nothing;
  #anonymous: Load = nothing;

  constructor() {
    this.deadlines = new Deadlines(this.#slots);
    this.#rings = new Rings(this.#slots);
  }

  /** What all sessions take. */
  get load(): Load {
    return this.#all;
  }

  /** What the anonymous sessions take. */
  get anonymousLoad(): Load {
    return this.#anonymous;
  }

  /** The slot of a session, or `none`. */
  slotOf(id: string): number {
    return this.#ids.get(id);
  }

  id(slot: number): string {
    return this.#slots.id(slot);
  }

  owner(slot: number): Owner {
    return ownerIn(this.#slots.text(slot));
  }

  /** What one session takes. */
  bytes(slot: number): number {
    return this.#slots.link(slot, link.bytes);
  }

  read(slot: number): SessionRecord {
    const slots = this.#slots;
    const {
      digest,
      previousDigest,
      previousGraceEndsAt,
      userId,
      device,
      actor,
      authenticatedAt,
      persistent,
      generation,
      version,
      data,
    } = unpack(slots.text(slot));
    return {
      id: slots.id(slot),
      digest,
      previousDigest,
      previousGraceEndsAt,
      userId,
      data,
      device,
      actor,
      createdAt: slots.instant(slot, instant.created),
      authenticatedAt,
      lastSeenAt: slots.instant(slot, instant.lastSeen),
      idleExpiresAt: slots.instant(slot, instant.idleExpires),
      expiresAt: slots.instant(slot, instant.expires),
      persistent,
      generation,
      version,
    };
  }

  add(parcel: Parcel): void {
    const id = flat(parcel.record.id);
    const slot = this.#slots.take(id);
    this.#ids.set(id, slot);
    this.#fill(slot, parcel);
    this.deadlines.add(slot);
  }

  /** Puts a record in the place of the one that lies in a slot, as the one used last. */
  replace(slot: number, parcel: Parcel): void {
    this.#empty(slot);
    this.#fill(slot, parcel);
    this.deadlines.move(slot);
  }

  remove(slot: number): void {
    this.#empty(slot);
    this.deadlines.remove(slot);
    this.#ids.delete(this.#slots.id(slot));
    this.#slots.giveBack(slot);
  }

  /** The anonymous session that was used longest ago and is not `except`, or `none`. */
  oldestAnonymous(except: number = none): number {
    return this.#rings.oldestAnonymous(except);
  }

  ofUser(userId: string): number[] {
    return this.#rings.ofUser(userId);
  }

  #fill(slot: number, { record, text, bytes }: Parcel): void {
    const slots = this.#slots;
    slots.setText(slot, text);
    slots.setLink(slot, link.bytes, bytes);
    slots.setInstant(slot, instant.created, record.createdAt);
    slots.setInstant(slot, instant.lastSeen, record.lastSeenAt);
    slots.setInstant(slot, instant.idleExpires, record.idleExpiresAt);
    slots.setInstant(slot, instant.expires, record.expiresAt);
    const owner = ownerOf(record);
    this.#rings.enter(slot, owner);
    this.#count(owner, 1, bytes);
  }

  #empty(slot: number): void {
    const owner = this.owner(slot);
    this.#rings.leave(slot, owner);
    this.#count(owner, -1, -this.bytes(slot));
  }

  #count(owner: Owner, entries: number, bytes: number): void {
    this.#all = plus(this.#all, entries, bytes);
    if (owner === null) this.#anonymous = plus(this.#anonymous, entries, bytes);
  }
}

const nothing: Load = { entries: 0, bytes: 0 };

function plus(load: Load, entries: number, bytes: number): Load {
  return { entries: load.entries + entries, bytes: load.bytes + bytes };
}
