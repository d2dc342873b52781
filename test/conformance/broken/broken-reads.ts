import type { SessionStore } from "../../../src/store/port.ts";
import { isExpired, type SessionRecord } from "../../../src/store/record.ts";
import { right } from "../reference-store.ts";
import { after, decidesWrongly, worksWrongly } from "./broken-store.ts";

const onlyKnown = (record: SessionRecord) => ({
  ...right.give(record),
  previousDigest: null,
  previousGraceEndsAt: null,
});

export const brokenReads = [
  ...worksWrongly("general", {
    "has no name": () => ({ name: "" }),
    "needs its this": (store) => ({
      inner: store,
      find(this: { inner: SessionStore }, ids: readonly string[], now: number) {
        return this.inner.find(ids, now);
      },
    }),
    "hides what is expired by the real clock": (store) => ({
      find: async (ids, now) => (await store.find(ids, now)).map((found) => (found && isOverdue(found) ? null : found)),
    }),
  }),
  ...decidesWrongly("general", {
    "judges expiry by the real clock": { isOver: (record) => isExpired(record, Date.now()) },
  }),
  ...worksWrongly("find", {
    "answers undefined for an unknown id": (store) => ({
      find: async (ids, now) => (await store.find(ids, now)).map((found) => found ?? (undefined as unknown as null)),
    }),
    "answers one null for no ids": (store) => ({ find: (ids, now) => (ids.length ? store.find(ids, now) : [null]) }),
    "answers in the order of the rows": (_store, rows) => ({
      find: (ids) => {
        const found = [...rows.values()].filter(({ id }) => ids.includes(id));
        return [...found.map(right.give), ...ids.slice(found.length).map(() => null)];
      },
    }),
    "leaves out the ids without a row": (store) => ({
      find: async (ids, now) => (await store.find(ids, now)).filter((found) => found !== null),
    }),
    "answers fifty ids only": (store) => ({ find: (ids, now) => store.find(ids.slice(0, 50), now) }),
    "answers each id once": (store) => ({ find: (ids, now) => store.find([...new Set(ids)], now) }),
    "compares ids without regard to case": (_store, rows) => ({
      find: (ids) =>
        ids.map((id) => [...rows.values()].find((row) => row.id.toLowerCase() === id.toLowerCase()) ?? null),
    }),
    "hides what is expired": (_store, rows) => ({
      find: (ids, now) => ids.map((id) => hideExpired(rows.get(id), now)),
    }),
    "removes what it finds expired": (store, rows) => ({
      find(ids, now) {
        const found = store.find(ids, now);
        for (const id of ids) if (!hideExpired(rows.get(id), now)) rows.delete(id);
        return found;
      },
    }),
    "touches what it finds": (store, rows) => ({
      find(ids, now) {
        const found = store.find(ids, now);
        for (const row of ids.map((id) => rows.get(id))) if (row) rows.set(row.id, { ...row, lastSeenAt: now });
        return found;
      },
    }),
  }),
  ...worksWrongly("create", {
    "overwrites an existing record": (_store, rows) => ({
      create: (record) => after(rows.set(record.id, right.take(record)), "created"),
    }),
    "overwrites a record that had expired when the new one was made": (store, rows) => ({
      create(record) {
        if (!hideExpired(rows.get(record.id), record.createdAt)) rows.delete(record.id);
        return store.create(record);
      },
    }),
    "overwrites a record that is expired by the real clock": (store, rows) => ({
      create(record) {
        if (!hideExpired(rows.get(record.id), Date.now())) rows.delete(record.id);
        return store.create(record);
      },
    }),
    "never gives an id a second time": (store) => {
      const used = new Set<string>();
      return {
        create: (record) => (used.has(record.id) ? "exists" : after(used.add(record.id), store.create(record))),
      };
    },
  }),
  ...decidesWrongly("create", {
    "forgets the previous digest": { take: onlyKnown },
    "keeps an empty text for null": { give: (record) => ({ ...right.give(record), device: record.device ?? "" }) },
    "keeps instants in fourteen digits, as Lua writes them": {
      give: (record) => ({ ...right.give(record), expiresAt: Number(record.expiresAt.toPrecision(14)) }),
    },
    "keeps instants in whole seconds": {
      give: (record) => ({ ...right.give(record), expiresAt: Math.floor(record.expiresAt / 1_000) * 1_000 }),
    },
    "keeps the caller's object": { take: (record) => record },
  }),
  ...decidesWrongly("isolation", {
    "hands out the live object": { give: (record) => record },
    "keeps the texts of a change by reference": {
      nextData: (record, change) =>
        change.clear && change.set ? (change.set as Record<string, string>) : right.nextData(record, change),
    },
    "changes the data that it has handed out": {
      give: (record) => ({ ...record }),
      nextData(record, change) {
        const data = right.nextData(record, change);
        for (const key of Object.keys(record.data))
          if (!(key in data)) delete (record.data as Record<string, string>)[key];
        return Object.assign(record.data as Record<string, string>, data);
      },
    },
  }),
];

function isOverdue(found: object): boolean {
  return isExpired(found as SessionRecord, Date.now());
}

function hideExpired(record: SessionRecord | undefined, now: number): SessionRecord | null {
  return record && !isExpired(record, now) ? right.give(record) : null;
}
