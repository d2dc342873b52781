import { equalInConstantTime } from "../bytes.ts";
import { SessionStoreError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import { type CorruptRecord, isCorrupt, isExpired, keptKey, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { idOfDigest, issueToken } from "../token/token.ts";
import { createAnew } from "./create-anew.ts";
import type { Guard } from "./guard.ts";
import { newRecord } from "./lifecycle.ts";
import type { FindRecord } from "./reads.ts";

/** Something that is kept in the session store and is no session. A value: it says what was stored when it was read. */
export interface Kept {
  /** The id of its record, spelled like any session's. It is no secret. */
  readonly id: string;
  /** What is kept, an opaque text. */
  readonly text: string;
  readonly createdAt: number;
  /** Until when it is kept, in epoch milliseconds. */
  readonly expiresAt: number;
  /** Tells this record from another one that was kept under the name before, or is after. */
  readonly generation: number;
}

/**
 * Texts kept by name in the session store, on every store that there is: each in a record of its own that no token opens, that
 * belongs to no user, and that nobody's list of sessions shows. Each call is one step of the store, exact under races.
 */
export interface KeptRecords {
  /** What is kept under a name, `null` where there is nothing, or nothing that has not expired. */
  find(name: string): Promise<Kept | null>;
  /**
   * Keeps a text under a name until an instant; `null` where there is one already. Of two at once one keeps its text.
   *
   * An attempt that is not answered is made again, and may yet arrive when what the second one kept has been forgotten. So only what
   * does no harm when it comes back is kept by it; see `createAnew`.
   */
  create(name: string, text: string, expiresAt: number): Promise<Kept | null>;
  /**
   * Keeps something that must never come back once it was forgotten. `make` gives another name and text to each attempt: one that
   * arrives late then keeps what nobody was told of. `null` where there is something under the name.
   */
  createAnew(make: () => Promise<Naming>, expiresAt: number): Promise<Kept | null>;
  /**
   * Puts another text in the place of the one that was read, and moves the end where `expiresAt` is given; `null` where it has
   * been changed or forgotten since. Of two at once one changes it. Never brings back what was forgotten.
   */
  change(kept: Kept, text: string, expiresAt?: number): Promise<Kept | null>;
  /** Forgets the very record that was read, and answers whether it was still there: of any number at once one is told so. */
  forget(kept: Kept): Promise<boolean>;
  /** Forgets what is kept under a name, whatever it is. Twice is as good as once. */
  clear(name: string): Promise<void>;
}

/** A text, and the name to keep it under. */
export interface Naming {
  readonly name: string;
  readonly text: string;
}

/** What it takes to keep records. */
export interface KeptRecordsContext {
  readonly store: SessionStore;
  readonly guard: Guard;
  readonly find: FindRecord;
  readonly runtime: Runtime;
}

/**
 * Makes the records of one purpose. What is kept for one is never found for another.
 *
 * @param purpose Part of every record's id, such as `"ticket"`: once chosen it stays.
 */
export function createKeptRecords({ store, guard, find, runtime }: KeptRecordsContext, purpose: string): KeptRecords {
  const own = { store, guard };
  const idOf = async (name: string) => idOfDigest(await digestOf(`coatcheck kept ${JSON.stringify([purpose, name])}`));

  async function living(id: string): Promise<SessionRecord | null> {
    const found = await find(id);
    return found && isWhole(found) && !isExpired(found, runtime.now()) ? found : null;
  }

  /** Each attempt has a generation of its own: what was read of one is nothing to another that arrives late. */
  async function createOnce(id: string, text: string, expiresAt: number): Promise<SessionRecord | null> {
    const { created, tried } = await createAnew(own, "keep", () => newKept(runtime, id, text, expiresAt));
    if (created) return created;
    // "exists" may mean that our own first attempt arrived although its answer did not.
    const found = await living(id);
    return found && tried.some(({ digest }) => equalInConstantTime(found.digest, digest)) ? found : null;
  }

  return {
    async find(name) {
      return keptIn(await living(await idOf(name)));
    },
    async create(name, text, expiresAt) {
      const id = await idOf(name);
      for (let attempt = 1; attempt <= mostAttempts; attempt++) {
        const made = await createOnce(id, text, expiresAt);
        if (made) return keptIn(made);
        const found = await find(id);
        if (found && isWhole(found) && !isExpired(found, runtime.now())) return null;
        // What has expired makes room, and no newer record does, since each has a generation of its own.
        if (found)
          await guard.repeat("forget", () => store.destroy(id, isCorrupt(found) ? undefined : found.generation));
      }
      throw new SessionStoreError("STORE_CONFLICT", `What is kept of a ${purpose} vanished at every attempt.`, {
        hint: "Something deletes it without pause. Try again.",
      });
    },
    async createAnew(make, expiresAt) {
      const { created } = await createAnew(own, "keep", async () => {
        const { name, text } = await make();
        return newKept(runtime, await idOf(name), text, expiresAt);
      });
      return keptIn(created);
    },
    async change(kept, text, until = kept.expiresAt) {
      const expiresAt = Math.ceil(until);
      const change = {
        generation: kept.generation,
        expect: { [keptKey]: kept.text },
        set: { [keptKey]: text },
        ...(expiresAt !== kept.expiresAt && { fields: { idleExpiresAt: expiresAt, expiresAt } }),
      };
      const answer = await guard.call("change what is kept", () => store.update(kept.id, change, runtime.now()));
      return answer.outcome === "updated" ? keptIn(answer.record) : null;
    },
    async forget({ id, generation }) {
      return (await guard.call("forget", () => store.destroy(id, generation))) === "destroyed";
    },
    async clear(name) {
      const id = await idOf(name);
      await guard.repeat("forget", () => store.destroy(id));
    },
  };
}

const mostAttempts = 20;

/** Whether a record is one of ours that can be read. */
function isWhole(found: SessionRecord | CorruptRecord): found is SessionRecord {
  return !isCorrupt(found) && Object.hasOwn(found.data, keptKey);
}

async function newKept(runtime: Runtime, id: string, text: string, expiresAt: number): Promise<SessionRecord> {
  const { secret } = issueToken("session", runtime, id); // nobody is told it
  const nobody = { userId: null, data: { [keptKey]: text }, persistent: false, device: null };
  const now = runtime.now();
  const life = Math.ceil(expiresAt) - now; // stores keep whole milliseconds
  const record = newRecord({ id, digest: await digestOf(secret), ...nobody }, { idle: life, absolute: life }, now);
  return { ...record, generation: randomGeneration(runtime) };
}

/** 31 random bits: what a signed integer of 32 bits holds. */
function randomGeneration(runtime: Runtime): number {
  const bytes = runtime.randomBytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) >>> 1;
}

function keptIn(record: SessionRecord | null): Kept | null {
  if (!record) return null;
  const { id, createdAt, expiresAt, generation } = record;
  return { id, text: record.data[keptKey] as string, createdAt, expiresAt, generation };
}
