import { isExpired } from "../../../src/store/record.ts";
import { after, gap, worksWrongly } from "./broken-store.ts";

export const brokenSweeps = [
  ...worksWrongly("sweep", {
    "removes the living too": (_store, rows) => ({
      sweep(_now, limit) {
        const ids = [...rows.keys()].slice(0, limit);
        for (const id of ids) rows.delete(id);
        return ids.length;
      },
    }),
    "removes nothing": () => ({ sweep: () => 0 }),
    "spares what ends at the very instant": (store) => ({ sweep: (now, limit) => store.sweep?.(now - 1, limit) ?? 0 }),
    "removes what ends in a millisecond": (store) => ({ sweep: (now, limit) => store.sweep?.(now + 1, limit) ?? 0 }),
    "looks at the absolute deadline only": (_store, rows) => ({
      sweep: (now, limit) =>
        [...rows.values()]
          .filter((row) => now >= row.expiresAt)
          .slice(0, limit)
          .filter((row) => rows.delete(row.id)).length,
    }),
    "ignores the limit": (store) => ({
      sweep: async (now, limit) => Math.min((await store.sweep?.(now, 1_000_000)) ?? 0, limit),
    }),
    "answers more than it removed": (store) => ({
      sweep: async (now, limit) => ((await store.sweep?.(now, limit)) ?? 0) && limit,
    }),
    "always answers the limit": (store) => ({
      sweep: async (now, limit) => after(await store.sweep?.(now, limit), limit),
    }),
    "always answers nothing": (store) => ({ sweep: async (now, limit) => after(await store.sweep?.(now, limit), 0) }),
    "goes by the deadline at creation": (store, rows) => {
      const ends = new Map<string, number>();
      return {
        create: (record) => after(ends.set(record.id, record.idleExpiresAt), store.create(record)),
        sweep: (now, limit) =>
          [...ends]
            .filter(([id, end]) => end <= now && rows.has(id))
            .slice(0, limit)
            .filter(([id]) => rows.delete(id)).length,
      };
    },
    "hides what it sweeps and keeps the id": (store) => {
      const used = new Set<string>();
      return {
        create: (record) => (used.has(record.id) ? "exists" : after(used.add(record.id), store.create(record))),
        destroy(id, generation) {
          const answer = store.destroy(id, generation);
          if (answer === "destroyed") used.delete(id);
          return answer;
        },
      };
    },
    "fails where another sweep was faster": (_store, rows) => ({
      async sweep(now, limit) {
        const due = [...rows.values()].filter((row) => isExpired(row, now)).slice(0, limit);
        await gap();
        for (const { id } of due) if (!rows.delete(id)) throw new Error("the row is gone");
        return due.length;
      },
    }),
    "chooses, waits and removes": (_store, rows) => ({
      async sweep(now, limit) {
        const due = [...rows.values()].filter((row) => isExpired(row, now)).slice(0, limit);
        await gap();
        return due.filter(({ id }) => rows.delete(id)).length;
      },
    }),
  }),
];
