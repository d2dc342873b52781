import { isExpired } from "../../../src/store/record.ts";
import { applied } from "../reference-store.ts";
import { after, byUserOf, gap, worksWrongly } from "./broken-store.ts";

export const brokenEnds = [
  ...worksWrongly("destroy", {
    "answers destroyed where there was nothing": (store) => ({
      destroy: async (id, generation) =>
        (await store.destroy(id, generation)) === "replaced" ? "replaced" : "destroyed",
    }),
    "answers replaced where there was nothing": (store) => ({
      destroy: async (id, generation) => {
        const answer = await store.destroy(id, generation);
        return answer === "missing" && generation !== undefined ? "replaced" : answer;
      },
    }),
    "destroys nothing": () => ({ destroy: () => "destroyed" }),
    "destroys whatever the generation": (store) => ({ destroy: (id) => store.destroy(id) }),
    "destroys at generation 0 whatever the record's": (store) => ({
      destroy: (id, generation) => store.destroy(id, generation || undefined),
    }),
    "destroys for no generation at all": (store, rows) => ({
      destroy: (id, generation) => (generation !== undefined && rows.has(id) ? "replaced" : store.destroy(id)),
    }),
    "compares the generation at creation": (store) => {
      const first = new Map<string, number>();
      return {
        create: (record) => after(first.set(record.id, record.generation), store.create(record)),
        destroy: (id, generation) =>
          generation !== undefined && first.has(id) && first.get(id) !== generation ? "replaced" : store.destroy(id),
      };
    },
    "destroys the user's other sessions as well": (store, rows) => ({
      destroy(id, generation) {
        const userId = rows.get(id)?.userId;
        const answer = store.destroy(id, generation);
        if (answer === "destroyed" && userId) byUserOf(store).destroy(userId);
        return answer;
      },
    }),
    "calls what is expired by the real clock missing": (store, rows) => ({
      destroy(id, generation) {
        const row = rows.get(id);
        return row && isExpired(row, Date.now()) ? "missing" : store.destroy(id, generation);
      },
    }),
  }),
  ...worksWrongly("no resurrection", {
    "keeps the destroyed for later writes": (store, rows) => {
      const bin = new Map([...rows]);
      return {
        destroy(id, generation) {
          const row = rows.get(id);
          const answer = store.destroy(id, generation);
          if (row && answer === "destroyed") bin.set(id, row);
          return answer;
        },
        update(id, change, now) {
          const row = bin.get(id);
          if (row && !rows.has(id)) rows.set(id, row);
          return store.update(id, change, now);
        },
      };
    },
    "remembers token changes beyond the end": (store) => {
      const answered = new Map<string, Awaited<ReturnType<typeof store.update>>>();
      return {
        async update(id, change, now) {
          const seen = change.token && answered.get(change.token.to);
          const result = seen ?? (await store.update(id, change, now));
          if (change.token && result.outcome === "updated") answered.set(change.token.to, result);
          return result;
        },
      };
    },
    "writes back what it read before a pause": (store, rows) => ({
      async update(id, change, now) {
        const before = rows.get(id);
        await gap();
        if (before && !rows.has(id)) rows.set(id, before);
        return store.update(id, change, now);
      },
    }),
    "takes the user's sessions off the list and leaves them alive": (store, rows) => ({
      byUser: {
        ...byUserOf(store),
        destroy(userId, except) {
          const ids = [...rows.values()]
            .filter((row) => row.userId === userId && row.id !== except)
            .map(({ id }) => id);
          for (const row of ids.map((id) => rows.get(id))) if (row) rows.set(row.id, { ...row, userId: null });
          return ids;
        },
      },
    }),
  }),
  ...worksWrongly("races", {
    "reads, waits and writes the whole record": (store, rows) => ({
      async update(id, change, now) {
        const before = rows.get(id);
        const result = store.update(id, {}, now);
        await gap();
        if (!before || !rows.has(id) || (await result).outcome !== "updated") return store.update(id, change, now);
        rows.set(id, before);
        return store.update(id, change, now);
      },
    }),
    "looks at the conditions, waits and writes": (store, rows) => ({
      async update(id, change, now) {
        const before = rows.get(id);
        const result = before && (await referenceAnswer(store.update, rows, id, change, now));
        await gap();
        const present = rows.get(id);
        if (!before || !present || result !== "updated") return store.update(id, change, now);
        const record = applied(present, change);
        rows.set(id, record);
        return { outcome: "updated", record };
      },
    }),
    "looks whether an id is free, waits and creates": (store, rows) => ({
      async create(record) {
        if (rows.has(record.id)) return "exists";
        await gap();
        rows.delete(record.id);
        return store.create(record);
      },
    }),
    "looks whether a record is there, waits and destroys": (store, rows) => ({
      async destroy(id, generation) {
        const was = rows.has(id);
        await gap();
        const answer = await store.destroy(id, generation);
        return was && answer === "missing" ? "destroyed" : answer;
      },
    }),
    "keeps what it is working on in one place for all": (store) => {
      let current = "";
      return {
        async update(id, change, now) {
          current = id;
          await gap();
          return store.update(current, change, now);
        },
      };
    },
  }),
];

type Update = Parameters<Parameters<typeof worksWrongly>[1][string]>[0]["update"];

/** What an update would answer, with the row put back as it was. */
async function referenceAnswer(
  update: Update,
  rows: Map<string, unknown>,
  ...call: Parameters<Update>
): Promise<string> {
  const before = rows.get(call[0]);
  const { outcome } = await update(...call);
  rows.set(call[0], before);
  return outcome;
}
