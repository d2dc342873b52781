const noOne = (ids) => ids.map(() => null);

/** Takes an outage for an absence: the cause of every sign-out by accident. */
const outageIsAbsence = (store) => ({
  ...store,
  find: async (ids, now) => {
    try {
      return await store.find(ids, now);
    } catch {
      return noOne(ids);
    }
  },
});

/** Acknowledges a change of data, then makes it, come what may. */
const acknowledgesFirst = (store) => ({
  ...store,
  async update(id, change, now) {
    const isData = change.set && !change.token;
    if (!isData) return store.update(id, change, now);
    const [record] = await store.find([id], now);
    if (!record) return { outcome: "missing" };
    void anotherTurn()
      .then(() => store.update(id, { ...change, expect: {} }, now))
      .catch(() => undefined);
    return { outcome: "updated", record: { ...record, data: { ...record.data, ...change.set } } };
  },
});

/** Sends a change again when it was not answered, as some clients do by themselves. */
const repeatsChanges = (store) => ({
  ...store,
  async update(id, change, now) {
    try {
      return await store.update(id, change, now);
    } catch {
      return store.update(id, change, now);
    }
  },
});

/** After a failure it hands each answer to the question after it: a connection whose answers are off by one. */
const mixesAnswers = (store) => {
  let late = null;
  let isOff = false;
  return {
    ...store,
    async find(ids, now) {
      try {
        const answer = await store.find(ids, now);
        const handed = isOff && late ? answer.map((_, at) => late[at % late.length]) : answer;
        late = answer;
        return handed;
      } catch (error) {
        isOff = true;
        throw error;
      }
    },
  };
};

/** Gives up for good when the store has failed once. */
const neverComesBack = (store) => {
  let failure = null;
  const call = async (method, args) => {
    if (failure) throw failure;
    try {
      return await store[method](...args);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return {
    ...store,
    find: (...args) => call("find", args),
    create: (...args) => call("create", args),
    update: (...args) => call("update", args),
  };
};

/** Issues another token when it repeats a rotation, so that the visitor may hold the one that was not stored. */
const rotatesAnew = (store) => ({
  ...store,
  async update(id, change, now) {
    try {
      return await store.update(id, change, now);
    } catch (error) {
      if (!change.token) throw error;
      return store.update(id, { ...change, token: { ...change.token, to: "x".repeat(43) } }, now);
    }
  },
});

const anotherTurn = () => new Promise((resolve) => setImmediate(resolve));

const breakages = {
  outageIsAbsence,
  acknowledgesFirst,
  repeatsChanges,
  mixesAnswers,
  neverComesBack,
  rotatesAnew,
};

/** Breaks a store on purpose, so that a program can show that it would notice. What is not of the store stays as it is. */
export function breakStore(name, store) {
  return breakages[name]?.(store) ?? store;
}
