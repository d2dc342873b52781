import type { ByUser } from "../../../src/store/port.ts";
import { isExpired } from "../../../src/store/record.ts";
import type { Rows } from "../reference-store.ts";
import { after, type Breaker, byUserOf, gap, worksWrongly } from "./broken-store.ts";

/** Changes `byUser.destroyOne` only. */
function ends(breaker: (right: ByUser["destroyOne"], rows: Rows) => ByUser["destroyOne"]): Breaker {
  return (store, rows) => {
    const byUser = byUserOf(store);
    return { byUser: { ...byUser, destroyOne: breaker(byUser.destroyOne, rows) } };
  };
}

const removed = (rows: Rows, id: string) => (rows.delete(id) ? "destroyed" : "missing");

export const brokenOwnEnds = worksWrongly("destroyOne", {
  "ends nothing": ends(() => () => "missing"),
  "says that it ended what it left": ends(() => () => "destroyed"),
  "ends a session whoever asks": ends((_right, rows) => (_userId, id) => removed(rows, id)),
  "ends an anonymous session for anybody": ends((right, rows) => (userId, id) => {
    return rows.get(id)?.userId === null ? removed(rows, id) : right(userId, id);
  }),
  "takes nobody for the user of the empty id": ends((_right, rows) => (userId, id) => {
    return (rows.get(id)?.userId ?? "") === userId ? removed(rows, id) : "missing";
  }),
  "ends every session of the user": ends((right, rows) => async (userId, id) => {
    const answer = await right(userId, id);
    if (answer === "destroyed") for (const row of [...rows.values()]) if (row.userId === userId) rows.delete(row.id);
    return answer;
  }),
  "ends the user's other sessions where the id is not theirs": ends((right, rows) => async (userId, id) => {
    const answer = await right(userId, id);
    if (answer === "missing") for (const row of [...rows.values()]) if (row.userId === userId) rows.delete(row.id);
    return answer;
  }),
  "trims ids": ends((right) => (userId, id) => right(userId, id.trim())),
  "answers destroyed where there was nothing": ends(
    (right, rows) => (userId, id) => (rows.has(id) ? right(userId, id) : "destroyed"),
  ),
  "leaves what is expired by the real clock": ends((right, rows) => (userId, id) => {
    const row = rows.get(id);
    return row && isExpired(row, Date.now()) ? "missing" : right(userId, id);
  }),
  "goes by the user that the session began with": (store, rows) => {
    const first = new Map<string, string | null>();
    return {
      create: (record) => after(first.set(record.id, record.userId), store.create(record)),
      byUser: {
        ...byUserOf(store),
        destroyOne: (userId, id) => (first.get(id) === userId ? removed(rows, id) : "missing"),
      },
    };
  },
  "signs the session out and leaves it alive": ends((_right, rows) => (userId, id) => {
    const row = rows.get(id);
    if (row?.userId !== userId) return "missing";
    rows.set(id, { ...row, userId: null });
    return "destroyed";
  }),
  "keeps what was ended for later writes": (store, rows) => {
    const bin = new Map([...rows]);
    const byUser = byUserOf(store);
    return {
      byUser: {
        ...byUser,
        destroyOne(userId, id) {
          const row = rows.get(id);
          if (row?.userId === userId) bin.set(id, row);
          return byUser.destroyOne(userId, id);
        },
      },
      update(id, change, now) {
        const row = bin.get(id);
        if (row && !rows.has(id)) rows.set(id, row);
        return store.update(id, change, now);
      },
    };
  },
  "looks at the user, waits and ends": ends((_right, rows) => async (userId, id) => {
    if (rows.get(id)?.userId !== userId) return "missing";
    await gap();
    rows.delete(id);
    return "destroyed";
  }),
  "looks at the version, waits and gives up where it has changed": ends((right, rows) => async (userId, id) => {
    const before = rows.get(id)?.version;
    await gap();
    return rows.get(id)?.version === before ? right(userId, id) : "missing";
  }),
});
