import type { Maybe } from "../maybe.ts";
import type { ByUser, SessionStore } from "../store/port.ts";

/** The methods of a store by name, those of its capabilities included. */
export type StoreCall =
  | "find"
  | "create"
  | "update"
  | "destroy"
  | "sweep"
  | "byUser.list"
  | "byUser.destroy"
  | "byUser.destroyOne";

/** What happens around each call: it may go on at once, later, or not at all. */
export type Around = <T>(call: StoreCall, proceed: () => Maybe<T>) => Maybe<T>;

/**
 * The same store with something around every call. A capability is there exactly where the store has it. Copies that the
 * store keeps are handed out as they are: to look at one is no call of a store.
 */
export function aroundStore(store: SessionStore, around: Around): SessionStore {
  const { name, byUser, sweep, copyOf, staleness } = store;
  return {
    name,
    find: (ids, now) => around("find", () => store.find(ids, now)),
    create: (record) => around("create", () => store.create(record)),
    update: (id, change, now) => around("update", () => store.update(id, change, now)),
    destroy: (id, generation) => around("destroy", () => store.destroy(id, generation)),
    ...(byUser && { byUser: aroundByUser(byUser, around) }),
    ...(sweep && { sweep: (now, limit) => around("sweep", () => sweep(now, limit)) }),
    ...(copyOf && { copyOf }),
    ...(staleness !== undefined && { staleness }),
  };
}

function aroundByUser(byUser: ByUser, around: Around): ByUser {
  return {
    list: (userId, now) => around("byUser.list", () => byUser.list(userId, now)),
    destroy: (userId, except) => around("byUser.destroy", () => byUser.destroy(userId, except)),
    destroyOne: (userId, id) => around("byUser.destroyOne", () => byUser.destroyOne(userId, id)),
  };
}
