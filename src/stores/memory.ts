import { applyChange } from "../store/apply-change.ts";
import type { ByUser, DestroyResult, RecordChange, SessionStore, UpdateResult } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import { startCleaning } from "./memory/cleaning.ts";
import { type MemorySettings, type MemoryStoreOptions, readOptions } from "./memory/options.ts";
import { makeRoom, removeAllExpired } from "./memory/room.ts";
import { makeSharable } from "./memory/shared.ts";
import { parcel, Shelf } from "./memory/shelf.ts";
import { none } from "./memory/slots.ts";

export type { MemoryStoreOptions } from "./memory/options.ts";

/** A store in the memory of this process. It answers at once, by plain values. */
export interface MemoryStore extends SessionStore {
  find(ids: readonly string[], now: number): ReadonlyArray<SessionRecord | null>;
  create(record: SessionRecord): "created" | "exists";
  update(id: string, change: RecordChange, now: number): UpdateResult;
  destroy(id: string, generation?: number): DestroyResult;
  readonly byUser: {
    list(userId: string, now: number): readonly SessionRecord[];
    destroy(userId: string, except?: string): readonly string[];
    destroyOne(userId: string, id: string): "destroyed" | "missing";
  };
  sweep(now: number, limit: number): number;
}

/** How many expired sessions each `create` removes: more than it adds, so that they never pile up. */
const cleanedPerCreate = 2;

/**
 * Keeps sessions in the memory of this process: for development, tests, and servers of one process that may forget.
 *
 * Everything is lost when the process ends, and no other process sees it. What it gives out are copies. It holds at most
 * `maxEntries` sessions of `maxBytes` together; when it is full, expired sessions make way first, then the anonymous ones
 * that were written to longest ago. A signed-in session never makes way.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong. `create`, and `update` where it adds to a
 *   session, throw {@link SessionStoreError} `STORE_FULL` when only signed-in sessions are left.
 *
 * @example
 * const sessions = createSessions({ store: memoryStore({ maxEntries: 10_000 }) })
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const settings = readOptions(options);
  let target = storeOn(new Shelf(), settings);
  const store: MemoryStore = {
    name: settings.name,
    find: (ids, now) => target.find(ids, now),
    create: (record) => target.create(record),
    update: (id, change, now) => target.update(id, change, now),
    destroy: (id, generation) => target.destroy(id, generation),
    byUser: {
      list: (userId, now) => target.byUser.list(userId, now),
      destroy: (userId, except) => target.byUser.destroy(userId, except),
      destroyOne: (userId, id) => target.byUser.destroyOne(userId, id),
    },
    sweep: (now, limit) => target.sweep(now, limit),
  };
  return makeSharable(store, (first) => {
    target = first as MemoryStore;
  });
}

/** The store over one shelf. */
function storeOn(shelf: Shelf, settings: MemorySettings): MemoryStore {
  const { name } = settings;
  const added = startCleaning(shelf, settings.runtime);

  function find(id: string): SessionRecord | null {
    const slot = shelf.slotOf(id);
    return slot === none ? null : shelf.read(slot);
  }

  function create(record: SessionRecord): "created" | "exists" {
    if (shelf.slotOf(record.id) !== none) return "exists";
    const now = record.createdAt;
    const coming = parcel(record);
    removeAllExpired(shelf, now, cleanedPerCreate);
    makeRoom(shelf, settings, { entries: 1, bytes: coming.bytes, now, keep: none }, name);
    shelf.add(coming);
    added();
    return "created";
  }

  function update(id: string, change: RecordChange, now: number): UpdateResult {
    const slot = shelf.slotOf(id);
    const { result, write } = applyChange(slot === none ? null : shelf.read(slot), change, now);
    if (!write) return result;
    const coming = parcel(write);
    const bytes = coming.bytes - shelf.bytes(slot);
    if (bytes > 0) makeRoom(shelf, settings, { entries: 0, bytes, now, keep: slot }, name);
    shelf.replace(slot, coming);
    return result;
  }

  function destroy(id: string, generation?: number): DestroyResult {
    const slot = shelf.slotOf(id);
    if (slot === none) return "missing";
    if (generation !== undefined && shelf.read(slot).generation !== generation) return "replaced";
    shelf.remove(slot);
    return "destroyed";
  }

  return {
    name,
    find: (ids) => ids.map(find),
    create,
    update,
    destroy,
    byUser: byUserOn(shelf),
    sweep: (now, limit) => removeAllExpired(shelf, now, limit),
  };
}

function byUserOn(shelf: Shelf): MemoryStore["byUser"] {
  return {
    list: (userId) => shelf.ofUser(userId).map((slot) => shelf.read(slot)),
    destroy(userId, except) {
      const doomed = shelf.ofUser(userId).filter((slot) => shelf.id(slot) !== except);
      return doomed.map((slot) => {
        const id = shelf.id(slot);
        shelf.remove(slot);
        return id;
      });
    },
    destroyOne(userId, id) {
      const slot = shelf.slotOf(id);
      if (slot === none || shelf.owner(slot) !== userId) return "missing";
      shelf.remove(slot);
      return "destroyed";
    },
  } satisfies ByUser;
}
