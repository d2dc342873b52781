import type { RecordChange, SessionStore } from "../../src/store/port.ts";
import type { SessionRecord } from "../../src/store/record.ts";

export function mapStore(rows = new Map<string, SessionRecord>()): SessionStore {
  const isOver = (row: SessionRecord, now: number) => now >= row.idleExpiresAt || now >= row.expiresAt;
  const remove = (condition: (row: SessionRecord) => boolean, limit = rows.size) => {
    const ids = [...rows.values()]
      .filter(condition)
      .slice(0, limit)
      .map((row) => row.id);
    return ids.filter((id) => rows.delete(id));
  };
  return {
    name: "map",
    find: (ids) => ids.map((id) => structuredClone(rows.get(id)) ?? null),
    create(record) {
      if (rows.has(record.id)) return "exists";
      rows.set(record.id, structuredClone(record));
      return "created";
    },
    update(id, change, now) {
      const row = rows.get(id);
      if (!row || isOver(row, now)) return { outcome: "missing" };
      if (change.token && row.digest === change.token.to) return { outcome: "updated", record: structuredClone(row) };
      if (change.generation !== undefined && change.generation !== row.generation) return { outcome: "replaced" };
      if (change.token && row.digest !== change.token.from) return { outcome: "conflict" };
      const texts = new Map(Object.entries(row.data));
      const isOther = ([key, text]: [string, string | null]) => (texts.get(key) ?? null) !== text;
      if (Object.entries(change.expect ?? {}).some(isOther)) return { outcome: "conflict" };
      const record = changed(row, change);
      rows.set(id, record);
      return { outcome: "updated", record: structuredClone(record) };
    },
    destroy(id, generation) {
      const row = rows.get(id);
      if (row && generation !== undefined && generation !== row.generation) return "replaced";
      return rows.delete(id) ? "destroyed" : "missing";
    },
    byUser: {
      list: (userId) => [...rows.values()].filter((row) => row.userId === userId).map((row) => structuredClone(row)),
      destroy: (userId, except) => remove((row) => row.userId === userId && row.id !== except),
      destroyOne: (userId, id) => (rows.get(id)?.userId === userId && rows.delete(id) ? "destroyed" : "missing"),
    },
    sweep: (now, limit) => remove((row) => isOver(row, now), limit).length,
  };
}

function changed(row: SessionRecord, change: RecordChange): SessionRecord {
  const { touch, token, fields, remove = [], set = {} } = change;
  const kept = change.clear ? [] : Object.entries(row.data).filter(([key]) => !remove.includes(key));
  const isMore = change.clear || change.remove || change.set || fields || token || change.raiseGeneration;
  return {
    ...row,
    ...fields,
    ...(token && { digest: token.to, previousDigest: token.from, previousGraceEndsAt: token.graceEndsAt }),
    ...(touch &&
      row.lastSeenAt < touch.ifSeenBefore && { lastSeenAt: touch.lastSeenAt, idleExpiresAt: touch.idleExpiresAt }),
    data: Object.fromEntries([...kept, ...Object.entries(set)]),
    generation: row.generation + (change.raiseGeneration ? 1 : 0),
    version: row.version + (isMore ? 1 : 0),
  };
}
