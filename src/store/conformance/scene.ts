import { toBase64url } from "../../bytes.ts";
import { systemRuntime } from "../../runtime.ts";
import type { ByUser, RecordChange, SessionStore, UpdateResult } from "../port.ts";
import type { SessionRecord } from "../record.ts";
import { equal, fail, readable, sameRecord, show } from "./check.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** One case's own corner of a store that others may be using too: fresh names, records that are removed at the end. */
export interface Scene {
  readonly store: SessionStore;
  /** The instant at which the case plays. Deadlines lie in days after it. */
  readonly at: number;
  /** An instant in 1971. What is expired then belongs to no living session, so that a sweep harms nobody. */
  readonly longAgo: number;
  /** One of the two handles in turn, for races. */
  hand(turn: number): SessionStore;
  freshId(): string;
  freshDigest(): string;
  freshUser(): string;
  /** A record that is not stored yet. */
  record(parts?: Partial<SessionRecord>): SessionRecord;
  /** A record that is stored. */
  stored(parts?: Partial<SessionRecord>): Promise<SessionRecord>;
  find(id: string, now?: number): Promise<SessionRecord | null>;
  outcome(id: string, change: RecordChange, now?: number): Promise<UpdateResult["outcome"]>;
  close(): Promise<void>;
}

/** Opens a scene that starts at the instant `at`. */
export function openScene(store: SessionStore, peer: SessionStore, at: number): Scene {
  const ids: string[] = [];
  const longAgo = 365 * day + randomBelow(day);

  function record(parts: Partial<SessionRecord> = {}): SessionRecord {
    const made = { ...blankRecord(at), ...parts };
    ids.push(made.id);
    return made;
  }

  async function stored(parts?: Partial<SessionRecord>): Promise<SessionRecord> {
    const made = record(parts);
    equal("the answer of create for a new id", await store.create(made), "created");
    return made;
  }

  async function find(id: string, now = at): Promise<SessionRecord | null> {
    const [found, ...rest] = await store.find([id], now);
    equal("how many answers find gave beyond one", rest.length, 0);
    return found === null ? null : readable("find of one id", found);
  }

  async function outcome(id: string, change: RecordChange, now = at): Promise<UpdateResult["outcome"]> {
    return (await store.update(id, change, now)).outcome;
  }

  const hand = (turn: number) => (turn % 2 === 0 ? store : peer);
  const close = () => removeAll(store, ids);
  return { store, at, longAgo, hand, freshId, freshDigest, freshUser, record, stored, find, outcome, close };
}

/** Makes a change that must be turned away with `outcome` and must leave the record as it was. */
export async function refused(
  scene: Scene,
  record: SessionRecord,
  change: RecordChange,
  outcome: UpdateResult["outcome"],
  now: number = scene.at,
): Promise<void> {
  equal(`the outcome of ${show(change)}`, await scene.outcome(record.id, change, now), outcome);
  sameRecord(`the record after ${show(change)} was refused`, await scene.find(record.id), record);
}

/** Makes a change that must be applied, and checks the record: the changed parts, and `version` raised by one unless given. */
export async function applied(
  scene: Scene,
  record: SessionRecord,
  change: RecordChange,
  changed: Partial<SessionRecord>,
  now: number = scene.at,
): Promise<SessionRecord> {
  const expected = { ...record, version: record.version + 1, ...changed };
  const result = await scene.store.update(record.id, change, now);
  if (result.outcome !== "updated") return fail(`the outcome of ${show(change)}`, '"updated"', result.outcome);
  sameRecord(`the answer to ${show(change)}`, result.record, expected);
  sameRecord(`the record after ${show(change)}`, await scene.find(record.id), expected);
  return expected;
}

/** Runs a task many times at once. A store that throws at once fails the race like one that rejects. */
export function atOnce<T>(count: number, task: (turn: number) => T | PromiseLike<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, async (_, turn) => task(turn)));
}

/** The capability, which the case has asked for in `requires`. */
export function byUserOf({ store }: Scene): ByUser {
  return store.byUser ?? fail("the store's byUser", "an object", store.byUser);
}

/** A change of the token from one digest to another. */
export function rotation(from: string, to: string, graceEndsAt: number): RecordChange {
  return { token: { from, to, graceEndsAt } };
}

function blankRecord(at: number): SessionRecord {
  return {
    id: freshId(),
    digest: freshDigest(),
    previousDigest: null,
    previousGraceEndsAt: null,
    userId: null,
    data: {},
    device: null,
    actor: null,
    createdAt: at,
    authenticatedAt: null,
    lastSeenAt: at,
    idleExpiresAt: at + 7 * day,
    expiresAt: at + 30 * day,
    persistent: true,
    generation: 1,
    version: 1,
  };
}

async function removeAll(store: SessionStore, ids: readonly string[]): Promise<void> {
  for (const id of new Set(ids)) {
    // What went wrong in the case is what matters; tidying up must not hide it.
    await Promise.resolve(id)
      .then(store.destroy as (id: string) => unknown)
      .catch(() => undefined);
  }
}

const freshId = (): string => toBase64url(systemRuntime.randomBytes(16));
const freshDigest = (): string => toBase64url(systemRuntime.randomBytes(32));
const freshUser = (): string => `conformance-${freshId()}`;

function randomBelow(limit: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = systemRuntime.randomBytes(4);
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % limit;
}
