import type { Maybe } from "../maybe.ts";
import type { CorruptRecord, SessionRecord } from "./record.ts";

/** The fields of a record that a change may set as they are. */
export type ChangeableFields = Pick<
  SessionRecord,
  "userId" | "device" | "actor" | "authenticatedAt" | "lastSeenAt" | "idleExpiresAt" | "expiresAt" | "persistent"
>;

/** A new digest for a record, named together with the one it takes the place of. */
export interface TokenChange {
  readonly from: string;
  readonly to: string;
  /** Until when `from` stays accepted. */
  readonly graceEndsAt: number;
}

/** Moves the idle deadline, but only if the record was last seen before `ifSeenBefore`. */
export interface TouchChange {
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
  readonly ifSeenBefore: number;
}

/** One atomic change of one record. Every part is optional; a store applies all of it or nothing. */
export interface RecordChange {
  /** The generation that the request was loaded with. Only the manager's own calls leave it out. */
  readonly generation?: number;
  /** For each data key: the text that was read, or `null` where the key was absent. */
  readonly expect?: Readonly<Record<string, string | null>>;
  /** Removes every data key before `set` is applied. */
  readonly clear?: true;
  /** Data keys to remove. A key that is absent is no problem. */
  readonly remove?: readonly string[];
  /** Data keys to set. */
  readonly set?: Readonly<Record<string, string>>;
  readonly fields?: Partial<ChangeableFields>;
  readonly token?: TokenChange;
  /** Adds one to `generation`. */
  readonly raiseGeneration?: true;
  readonly touch?: TouchChange;
}

/** What came of an update. */
export type UpdateResult =
  | { readonly outcome: "updated"; readonly record: SessionRecord }
  | { readonly outcome: "missing" }
  | { readonly outcome: "conflict" }
  | { readonly outcome: "replaced" };

/** What came of a destroy. */
export type DestroyResult = "destroyed" | "missing" | "replaced";

/** Sessions found by their user. Exact under races: what was bound to the user before the call began is in the answer. */
export interface ByUser {
  /** Every record of the user that the store still holds, expired or not, in any order. */
  list(userId: string, now: number): Maybe<readonly SessionRecord[]>;
  /** Destroys every session of the user but the one with the id `except`, atomically, and answers their ids. */
  destroy(userId: string, except?: string): Maybe<readonly string[]>;
  /**
   * Removes the record with this id, expired or not, if it is bound to this very user at that moment; one atomic step, like
   * everything here. `"missing"`: there is no such record, or it is anonymous or another user's, and nothing was changed.
   * Who may end a session is thus decided where it is ended: a look-up of its user beforehand may be out of date. Once this
   * has answered `"destroyed"`, nothing but a `create` of a new record can bring the id back.
   */
  destroyOne(userId: string, id: string): Maybe<"destroyed" | "missing">;
}

/**
 * The port between the engine and a database. This comment is the specification; `storeConformance` in
 * `coatcheck/testing` is its proof.
 *
 * **In general.** Every method is one atomic step: concurrent calls, from any process, behave as if they ran one after
 * another. A store never looks at a clock: `now` and every instant are passed in, in epoch milliseconds. It never looks
 * into an opaque text. It may answer at once or by a promise. Whatever goes wrong underneath is thrown as a
 * `SessionStoreError`; a missing or expired session is an answer, never an error. Methods use no `this`, so that
 * `{ ...store, find }` is a store too. There is no upsert: nothing but `create` brings a record into being.
 *
 * **Missing.** `find` gives `null`, `update`, `destroy` and `byUser.destroyOne` give `"missing"`.
 * **Expired** (`now >= idleExpiresAt || now >= expiresAt`): `find` still gives the record while the row exists, since only
 * the engine judges; `update` gives `"missing"`; `destroy` and those of `byUser` remove the row; `create` with its id is refused.
 * **Concurrent.** Of two `create`s with one id one wins; of two `update`s that expect the same text one gets
 * `"conflict"`; an `update` that comes after a `destroy` gets `"missing"`.
 */
export interface SessionStore {
  /** What the store is called in errors and events, such as `"sqlite"`. */
  readonly name: string;

  /**
   * Finds records by their ids: one answer for each id, in the order of the ids; `null` for an id without a row. At most
   * 100 ids are asked for at once. A row that cannot be read is answered as a {@link CorruptRecord}, and the others are
   * unharmed. Never writes. The data given out belongs to the caller's process alone: changing a copy changes no store.
   */
  find(ids: readonly string[], now: number): Maybe<ReadonlyArray<SessionRecord | CorruptRecord | null>>;

  /** Adds a record. Refuses an id that exists, whatever its state. */
  create(record: SessionRecord): Maybe<"created" | "exists">;

  /**
   * Changes one existing, unexpired record, all or nothing. In this order:
   *
   * 1. No row, or expired at `now`: `"missing"`.
   * 2. `change.token` is given and the record's digest is `token.to` already: `"updated"` with the record as it is. (The
   *    same change is being tried again after its first answer was lost.)
   * 3. `change.generation` is given and differs from the record's: `"replaced"`.
   * 4. `change.token` is given and the record's digest is not `token.from`: `"conflict"`.
   * 5. A text in `change.expect` differs from the stored one (`null`: the key exists): `"conflict"`.
   * 6. Otherwise `clear`, then `remove`, then `set`, `fields`, `token` (the digest becomes `to`, the previous digest
   *    `from`, with its grace), `raiseGeneration` and `touch` are applied, and the answer is `"updated"` with the record
   *    as it now is. `touch` applies only where `lastSeenAt < touch.ifSeenBefore`; where it does not and nothing else is
   *    asked for, nothing is written. `version` is raised by one for any change but a touch.
   */
  update(id: string, change: RecordChange, now: number): Maybe<UpdateResult>;

  /**
   * Removes a record for good. With a generation, only while the record still is of that generation: `"replaced"`
   * otherwise. Once this has answered, nothing but a `create` of a new record can bring the id back.
   */
  destroy(id: string, generation?: number): Maybe<DestroyResult>;

  /** Finds and destroys sessions by user. Without it `list` and `revokeUser` fail with `STORE_CAPABILITY_MISSING`. */
  readonly byUser?: ByUser;

  /**
   * Removes at most `limit` records that are expired at `now`, through an index, and answers how many. Safe to run from
   * many processes at once. A store that expires its records by itself may leave it out.
   */
  sweep?(now: number, limit: number): Maybe<number>;

  /**
   * Gives the copy of a record that this process keeps, or `null`. At once, and without asking anybody. What a copy says was
   * stored at some instant of the last `staleness` milliseconds, by the clock of `now`; it may have been changed or
   * destroyed since. So a copy may only say yes: the engine takes it where the presented token is valid by it. Before it
   * answers no, and before it changes anything, it asks `find`, which never answers from a copy.
   */
  copyOf?(id: string, now: number): SessionRecord | null;

  /** How old what `copyOf` says may be, in milliseconds. A store with `copyOf` has it. */
  readonly staleness?: number;
}
