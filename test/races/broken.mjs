import { importBuilt } from "./library.mjs";

const anotherTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Writes the whole data back as it was read, which is what most session libraries do. */
const lastWriteWins = (store) => ({
  ...store,
  async update(id, { expect, remove = [], set, ...change }, now) {
    const [before] = await store.find([id], now);
    await anotherTurn();
    const data = Object.fromEntries(Object.entries(before?.data ?? {}).filter(([key]) => !remove.includes(key)));
    return store.update(id, { ...change, clear: true, set: { ...data, ...set } }, now);
  },
});

/** Changes a record whatever it holds by now. */
const expectationsIgnored = (store) => ({
  ...store,
  update: (id, { expect, ...change }, now) => store.update(id, change, now),
});

/** Changes a record whoever it belongs to by now. */
const generationIgnored = (store) => ({
  ...store,
  update: (id, { generation, ...change }, now) => store.update(id, change, now),
  destroy: (id) => store.destroy(id),
});

/** Writes a record back that is not there any more, as it was seen last: the cause of every resurrection. */
const upsert = (store) => {
  const seen = new Map();
  const see = (record) => {
    if (record && !("corrupt" in record)) seen.set(record.id, record);
    return record;
  };
  return {
    ...store,
    find: async (ids, now) => (await store.find(ids, now)).map(see),
    create: (record) => store.create(see(record)),
    async update(id, change, now) {
      const answer = await store.update(id, change, now);
      if (answer.outcome === "updated") see(answer.record);
      if (answer.outcome !== "missing" || !seen.has(id)) return answer;
      await store.create(seen.get(id));
      return store.update(id, change, now);
    },
  };
};

/** Reads, changes and writes in three steps instead of one. */
const notTransactional = async (store, dist) => {
  const { applyChange } = await importBuilt(dist, "store/apply-change.js");
  return {
    ...store,
    async update(id, change, now) {
      const [before] = await store.find([id], now);
      const { result, write } = applyChange(before, change, now);
      await anotherTurn();
      if (!write) return result;
      await store.destroy(id);
      await store.create(write);
      return result;
    },
  };
};

/** Issues a new token whatever the current one is by now. */
const anyTokenRotates = (store) => ({
  ...store,
  async update(id, change, now) {
    if (!change.token) return store.update(id, change, now);
    for (;;) {
      const [before] = await store.find([id], now);
      const token = { ...change.token, from: before?.digest ?? change.token.from };
      const answer = await store.update(id, { ...change, token }, now);
      if (answer.outcome !== "conflict") return answer;
    }
  },
});

/** Answers from what it has found before, as a cache does that decides more than a yes. */
const answersFromCopies = (store) => {
  const copies = new Map();
  return {
    ...store,
    async find(ids, now) {
      for (const record of await store.find(ids, now))
        if (record && !copies.has(record.id)) copies.set(record.id, record);
      return ids.map((id) => copies.get(id) ?? null);
    },
  };
};

/** Says of whatever it is asked to destroy that it was there. */
const alwaysDestroyed = (store) => ({
  ...store,
  async destroy(id, generation) {
    await store.destroy(id, generation);
    return "destroyed";
  },
});

/** Touches whether or not another request has done so. */
const everyTouchWrites = (store) => ({
  ...store,
  update(id, { touch, ...change }, now) {
    const always = touch && { ...touch, ifSeenBefore: Number.MAX_SAFE_INTEGER };
    return store.update(id, always ? { ...change, touch: always } : change, now);
  },
});

/** Puts a new record in the place of one that is there. */
const createsAnew = (store) => ({
  ...store,
  async create(record) {
    await store.destroy(record.id);
    return store.create(record);
  },
});

/** Ends the sessions that a user had when they were last listed. */
const staleIndex = (store) => {
  const listed = new Map();
  return {
    ...store,
    byUser: {
      ...store.byUser,
      async list(userId, now) {
        const records = await store.byUser.list(userId, now);
        listed.set(
          userId,
          records.map(({ id }) => id),
        );
        return records;
      },
      async destroy(userId, except) {
        const ids = (listed.get(userId) ?? []).filter((id) => id !== except);
        for (const id of ids) await store.destroy(id);
        return ids;
      },
    },
  };
};

/** Says that it has destroyed what it leaves alone. */
const destroysNothing = (store) => ({ ...store, destroy: () => "destroyed" });

const breakages = {
  lastWriteWins,
  expectationsIgnored,
  generationIgnored,
  upsert,
  notTransactional,
  anyTokenRotates,
  answersFromCopies,
  everyTouchWrites,
  createsAnew,
  alwaysDestroyed,
  staleIndex,
  destroysNothing,
};

/** Breaks a store on purpose, so that a program can show that it would notice. */
export function breakStore(name, store, dist) {
  if (!breakages[name]) throw new Error(`There is no breakage called ${name}.`);
  return breakages[name](store, dist);
}
