/** A store whose calls are counted, and that remembers which digests were ever issued for a session. */
export function watchStore(store) {
  const issued = new Map();
  const seen = { pending: 0, mostPending: 0, issued };
  const note = (id, digest) => issued.set(id, [...(issued.get(id) ?? []), digest]);
  const counted = async (call) => {
    seen.pending += 1;
    seen.mostPending = Math.max(seen.mostPending, seen.pending);
    try {
      return await call();
    } finally {
      seen.pending -= 1;
    }
  };
  const watched = {
    ...store,
    find: (ids, now) => counted(() => store.find(ids, now)),
    create(record) {
      note(record.id, record.digest);
      return counted(() => store.create(record));
    },
    update(id, change, now) {
      if (change.token) note(id, change.token.to);
      return counted(() => store.update(id, change, now));
    },
    destroy: (id, generation) => counted(() => store.destroy(id, generation)),
  };
  return { watched, seen };
}
