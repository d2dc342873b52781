const anotherTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Acknowledges a write and makes it in a later turn. */
const writesBehind = (store) => ({
  ...store,
  async update(id, change, now) {
    if (change.token || change.expect) return store.update(id, change, now);
    const [record] = await store.find([id], now);
    void anotherTurn()
      .then(anotherTurn)
      .then(() => store.update(id, change, now));
    return record
      ? { outcome: "updated", record: { ...record, data: { ...record.data, ...change.set } } }
      : { outcome: "missing" };
  },
});

/** Rotates in two steps: the old token goes, then the new one comes. */
const rotatesInTwoSteps = (store) => ({
  ...store,
  async update(id, change, now) {
    if (!change.token) return store.update(id, change, now);
    const [before] = await store.find([id], now);
    await store.update(id, { token: { from: before.digest, to: "x".repeat(43), graceEndsAt: now } }, now);
    await anotherTurn();
    return store.update(id, { ...change, token: { ...change.token, from: "x".repeat(43) } }, now);
  },
});

const breakages = { writesBehind, rotatesInTwoSteps };

/** Breaks a store on purpose, so that the crash programs can show that they would notice. */
export function breakDurability(name, store) {
  return breakages[name]?.(store) ?? store;
}
