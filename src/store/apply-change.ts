import type { RecordChange, UpdateResult } from "./port.ts";
import { isExpired, type SessionRecord } from "./record.ts";

/** What an update comes to: the answer to give, and the record to write before giving it. */
export interface AppliedChange {
  readonly result: UpdateResult;
  /** The record to write, or `null` when there is nothing to write. */
  readonly write: SessionRecord | null;
}

/**
 * Decides an update, as the comment of `SessionStore.update` orders it. Pure: no record is changed in place.
 *
 * A store that can hold a record still (in memory, or in a transaction) reads it, asks this function, writes `write` when
 * there is one, and answers `result`.
 */
export function applyChange(record: SessionRecord | null, change: RecordChange, now: number): AppliedChange {
  if (record === null || isExpired(record, now)) return refused.missing;
  const { token } = change;
  if (token && record.digest === token.to) return unchanged(record);
  if (change.generation !== undefined && change.generation !== record.generation) return refused.replaced;
  if (token && record.digest !== token.from) return refused.conflict;
  if (change.expect && !meets(record.data, change.expect)) return refused.conflict;
  const edited = edit(record, change);
  const next = touch(edited, change);
  return next === record ? unchanged(record) : { result: { outcome: "updated", record: next }, write: next };
}

const refused = {
  missing: { result: { outcome: "missing" }, write: null },
  replaced: { result: { outcome: "replaced" }, write: null },
  conflict: { result: { outcome: "conflict" }, write: null },
} as const satisfies Record<string, AppliedChange>;

function unchanged(record: SessionRecord): AppliedChange {
  return { result: { outcome: "updated", record }, write: null };
}

function meets(data: SessionRecord["data"], expect: Readonly<Record<string, string | null>>): boolean {
  return Object.keys(expect).every((key) => (Object.hasOwn(data, key) ? data[key] : null) === expect[key]);
}

function edit(record: SessionRecord, change: RecordChange): SessionRecord {
  const { token } = change;
  const data = editData(record.data, change);
  if (data === record.data && !token && !change.raiseGeneration && isEmpty(change.fields)) return record;
  return {
    ...record,
    ...change.fields,
    ...(token && { digest: token.to, previousDigest: token.from, previousGraceEndsAt: token.graceEndsAt }),
    data,
    generation: record.generation + (change.raiseGeneration ? 1 : 0),
    version: record.version + 1,
  };
}

// The result has no prototype, so that a key such as "__proto__" or "constructor" is a key like any other.
function editData(data: SessionRecord["data"], { clear, remove, set }: RecordChange): SessionRecord["data"] {
  if (!clear && !remove?.length && isEmpty(set)) return data;
  const edited: Record<string, string> = Object.create(null);
  if (!clear) copy(data, edited);
  for (const key of remove ?? []) delete edited[key];
  if (set) copy(set, edited);
  return edited;
}

function copy(from: Readonly<Record<string, string>>, to: Record<string, string>): void {
  for (const key of Object.keys(from)) to[key] = from[key] as string;
}

function touch(record: SessionRecord, { touch }: RecordChange): SessionRecord {
  if (!touch || record.lastSeenAt >= touch.ifSeenBefore) return record;
  return { ...record, lastSeenAt: touch.lastSeenAt, idleExpiresAt: touch.idleExpiresAt };
}

function isEmpty(object: object | undefined): boolean {
  return object === undefined || Object.keys(object).length === 0;
}
