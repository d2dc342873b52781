import type { ByUser, SessionStore } from "../../../src/store/port.ts";
import { isExpired } from "../../../src/store/record.ts";
import { type Rows, right } from "../reference-store.ts";
import { after, type Breaker, byUserOf, gap, worksWrongly } from "./broken-store.ts";

/** Changes `byUser` only. */
function users(breaker: (byUser: ByUser, rows: Rows) => Partial<ByUser>): Breaker {
  return (store, rows) => ({ byUser: { ...byUserOf(store), ...breaker(byUserOf(store), rows) } });
}

/** Keeps the user of each id on the side, with `byUser` read from there; `links` says when a link is made or dropped. */
function indexed(links: (store: SessionStore, index: Map<string, string | null>) => Partial<SessionStore>): Breaker {
  return (store, rows) => {
    const index = new Map<string, string | null>();
    const idsOf = (userId: string) => [...index].filter(([, user]) => user === userId).map(([id]) => id);
    const create: SessionStore["create"] = (record) => {
      if (!rows.has(record.id)) index.set(record.id, record.userId);
      return store.create(record);
    };
    const byUser: ByUser = {
      // A link without a row is answered as a row that has lost its data.
      list: (userId) => idsOf(userId).map((id) => ({ ...(rows.get(id) ?? ({} as never)), id })),
      destroy(userId, except) {
        const ids = idsOf(userId).filter((id) => id !== except);
        for (const id of ids) rows.delete(id) && index.delete(id);
        return ids;
      },
      destroyOne(userId, id) {
        const answer = byUserOf(store).destroyOne(userId, id);
        if (answer === "destroyed") index.delete(id);
        return answer;
      },
    };
    return { create, byUser, ...links({ ...store, create, byUser }, index) };
  };
}

const linked = (store: SessionStore, index: Map<string, string | null>): Pick<SessionStore, "update" | "destroy"> => ({
  async update(id, change, now) {
    const result = await store.update(id, change, now);
    if (result.outcome === "updated") index.set(id, result.record.userId);
    return result;
  },
  destroy(id, generation) {
    const answer = store.destroy(id, generation);
    if (answer !== "replaced") index.delete(id);
    return answer;
  },
});

export const brokenIndexes = [
  ...worksWrongly("byUser", {
    "throws for a user without sessions": users(({ list }) => ({
      async list(userId, now) {
        const found = await list(userId, now);
        if (found.length === 0) throw new Error("no such user");
        return found;
      },
    })),
    "answers undefined where nothing was destroyed": users(({ destroy }) => ({
      async destroy(userId, except) {
        const ids = await destroy(userId, except);
        return ids.length > 0 ? ids : (undefined as unknown as string[]);
      },
    })),
    "lists everybody's sessions": users((_byUser, rows) => ({ list: () => [...rows.values()] })),
    "lists one session only": users(({ list }) => ({
      list: async (userId, now) => (await list(userId, now)).slice(0, 1),
    })),
    "leaves the expired off the list": users(({ list }) => ({
      list: async (userId, now) => (await list(userId, now)).filter((record) => !isExpired(record, now)),
    })),
    "lists records as they were created": (store) => {
      const first = new Map<string, Parameters<typeof store.create>[0]>();
      const byUser = byUserOf(store);
      return {
        create: (record) => after(first.set(record.id, right.take(record)), store.create(record)),
        byUser: {
          ...byUser,
          list: async (userId, now) => (await byUser.list(userId, now)).map((record) => first.get(record.id) ?? record),
        },
      };
    },
    "keeps the destroyed in the index": indexed((store, index) => ({ update: linked(store, index).update })),
    "never moves a session to another user": indexed((store, index) => ({ destroy: linked(store, index).destroy })),
    "moves a session although the change was refused": indexed((store, index) => ({
      ...linked(store, index),
      update(id, change, now) {
        if (change.fields?.userId !== undefined) index.set(id, change.fields.userId);
        return store.update(id, change, now);
      },
    })),
    "lists what create refused": indexed((store, index) => ({
      ...linked(store, index),
      create: (record) => after(index.set(record.id, record.userId), store.create(record)),
    })),
    "destroys everybody's sessions": users((_byUser, rows) => ({
      destroy(_userId, except) {
        const ids = [...rows.keys()].filter((id) => id !== except);
        for (const id of ids) rows.delete(id);
        return ids;
      },
    })),
    "destroys the excepted session as well": users(({ destroy }) => ({ destroy: (userId) => destroy(userId) })),
    "spares everything when the exception is foreign": users(({ destroy }, rows) => ({
      destroy: (userId, except) => (except && rows.get(except)?.userId !== userId ? [] : destroy(userId, except)),
    })),
    "spares what is expired by the real clock": users((_byUser, rows) => ({
      destroy(userId, except) {
        const mine = [...rows.values()].filter((row) => row.userId === userId && row.id !== except);
        const ids = mine.filter((row) => !isExpired(row, Date.now())).map(({ id }) => id);
        for (const id of ids) rows.delete(id);
        return ids;
      },
    })),
    "lists, waits and destroys one by one": users(({ list }, rows) => ({
      async destroy(userId, except) {
        const ids = (await list(userId, 0)).map(({ id }) => id).filter((id) => id !== except);
        await gap();
        for (const id of ids) rows.delete(id);
        return ids;
      },
    })),
    "drops the whole list of a user after a pause": indexed((store, index) => ({
      ...linked(store, index),
      byUser: {
        ...byUserOf(store),
        async destroy(userId, except) {
          const ids = await byUserOf(store).destroy(userId, except);
          await gap();
          for (const [id, user] of index) if (user === userId && id !== except) index.delete(id);
          return ids;
        },
      },
    })),
    "destroys sessions that were listed before they moved on": users(({ destroy }) => ({
      async destroy(userId, except) {
        const early = await destroy(userId, except);
        return early.length > 1 ? early.slice(1) : early;
      },
    })),
  }),
  ...worksWrongly("isolation", {
    "lists live objects": users((_byUser, rows) => ({
      list: (userId) => [...rows.values()].filter((row) => row.userId === userId),
    })),
  }),
  ...worksWrongly("sweep", {
    "leaves the swept in the index": indexed(linked),
  }),
];
