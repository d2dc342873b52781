import type { RecordChange, SessionStore, UpdateResult } from "../../src/store/port.ts";
import type { SessionRecord } from "../../src/store/record.ts";

export type Rows = Map<string, SessionRecord>;

/** The decisions of a store, one by one, so that a broken store can have exactly one of them wrong. */
export interface Decisions {
  isOver(record: SessionRecord, now: number): boolean;
  isRepeated(record: SessionRecord, change: RecordChange): boolean;
  isReplaced(record: SessionRecord, generation: number | undefined): boolean;
  isOtherDigest(record: SessionRecord, change: RecordChange): boolean;
  isExpected(stored: string | undefined, expected: string | null): boolean;
  failsExpectations(record: SessionRecord, change: RecordChange, decide: Decisions): boolean;
  isTouchDue(record: SessionRecord, touch: NonNullable<RecordChange["touch"]>): boolean;
  judge(record: SessionRecord, change: RecordChange, now: number, decide: Decisions): Verdict;
  nextData(record: SessionRecord, change: RecordChange): Record<string, string>;
  nextFields(record: SessionRecord, change: RecordChange): Partial<SessionRecord>;
  nextToken(record: SessionRecord, change: RecordChange): Partial<SessionRecord>;
  nextTouch(record: SessionRecord, change: RecordChange, decide: Decisions): Partial<SessionRecord>;
  nextVersion(record: SessionRecord, change: RecordChange): number;
  nextGeneration(record: SessionRecord, change: RecordChange): number;
  /** Copies what comes in. */
  take(record: SessionRecord): SessionRecord;
  /** Copies what goes out. */
  give(record: SessionRecord): SessionRecord;
  isOf(record: SessionRecord, userId: string): boolean;
}

export type Verdict = "missing" | "repeated" | "replaced" | "conflict" | "apply";

const copy = (record: SessionRecord): SessionRecord => ({ ...record, data: { ...record.data } });

export const right: Decisions = {
  isOver: (record, now) => now >= record.idleExpiresAt || now >= record.expiresAt,
  isRepeated: (record, { token }) => token !== undefined && record.digest === token.to,
  isReplaced: (record, generation) => generation !== undefined && generation !== record.generation,
  isOtherDigest: (record, { token }) => token !== undefined && record.digest !== token.from,
  isExpected: (stored, expected) => (stored ?? null) === expected,
  failsExpectations: ({ data }, { expect = {} }, decide) =>
    Object.entries(expect).some(([key, text]) => !decide.isExpected(ownText(data, key), text)),
  isTouchDue: (record, touch) => record.lastSeenAt < touch.ifSeenBefore,
  judge(record, change, now, decide) {
    if (decide.isOver(record, now)) return "missing";
    if (decide.isRepeated(record, change)) return "repeated";
    if (decide.isReplaced(record, change.generation)) return "replaced";
    if (decide.isOtherDigest(record, change) || decide.failsExpectations(record, change, decide)) return "conflict";
    return "apply";
  },
  nextData(record, { clear, remove = [], set = {} }) {
    const kept = clear ? [] : Object.entries(record.data).filter(([key]) => !remove.includes(key));
    return Object.fromEntries([...kept, ...Object.entries(set)]);
  },
  nextFields: (_record, change) => ({ ...change.fields }),
  nextToken: (_record, { token }) =>
    token ? { digest: token.to, previousDigest: token.from, previousGraceEndsAt: token.graceEndsAt } : {},
  nextTouch(record, { touch }, decide) {
    if (!touch || !decide.isTouchDue(record, touch)) return {};
    return { lastSeenAt: touch.lastSeenAt, idleExpiresAt: touch.idleExpiresAt };
  },
  nextVersion: (record, change) => record.version + (asksForMoreThanTouch(change) ? 1 : 0),
  nextGeneration: (record, { raiseGeneration }) => record.generation + (raiseGeneration ? 1 : 0),
  take: copy,
  give: copy,
  isOf: (record, userId) => record.userId === userId,
};

export function asksForMoreThanTouch({ set, remove, clear, fields, token, raiseGeneration }: RecordChange): boolean {
  return [set, remove, clear, fields, token, raiseGeneration].some((part) => part !== undefined);
}

export function ownText(data: SessionRecord["data"], key: string): string | undefined {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}

/** The record after a change that was found good. */
export function applied(record: SessionRecord, change: RecordChange, decide: Decisions = right): SessionRecord {
  return {
    ...record,
    ...decide.nextFields(record, change),
    ...decide.nextToken(record, change),
    ...decide.nextTouch(record, change, decide),
    data: decide.nextData(record, change),
    version: decide.nextVersion(record, change),
    generation: decide.nextGeneration(record, change),
  };
}

/** A naive store in a Map that keeps every rule of the port: an oracle that shares no code with the real ones. */
export function referenceStore(wrong: Partial<Decisions> = {}, rows: Rows = new Map()): SessionStore {
  const decide = { ...right, ...wrong };

  function update(id: string, change: RecordChange, now: number): UpdateResult {
    const record = rows.get(id);
    if (!record) return { outcome: "missing" };
    const verdict = decide.judge(record, change, now, decide);
    if (verdict === "repeated") return { outcome: "updated", record: decide.give(record) };
    if (verdict !== "apply") return { outcome: verdict };
    const next = applied(record, change, decide);
    rows.set(id, next);
    return { outcome: "updated", record: decide.give(next) };
  }

  function removeWhere(condition: (record: SessionRecord) => boolean, limit = Number.POSITIVE_INFINITY): string[] {
    const ids = [...rows.values()]
      .filter(condition)
      .slice(0, limit)
      .map(({ id }) => id);
    for (const id of ids) rows.delete(id);
    return ids;
  }

  return {
    name: "reference",
    find: (ids) =>
      ids.map((id) => {
        const record = rows.get(id);
        return record ? decide.give(record) : null;
      }),
    create(record) {
      if (rows.has(record.id)) return "exists";
      rows.set(record.id, decide.take(record));
      return "created";
    },
    update,
    destroy(id, generation) {
      const record = rows.get(id);
      if (record && decide.isReplaced(record, generation)) return "replaced";
      return rows.delete(id) ? "destroyed" : "missing";
    },
    byUser: {
      list: (userId) => [...rows.values()].filter((record) => decide.isOf(record, userId)).map(decide.give),
      destroy: (userId, except) => removeWhere((record) => decide.isOf(record, userId) && record.id !== except),
      destroyOne: (userId, id) =>
        removeWhere((record) => record.id === id && decide.isOf(record, userId)).length > 0 ? "destroyed" : "missing",
    },
    sweep: (now, limit) => removeWhere((record) => decide.isOver(record, now), limit).length,
  };
}
