import { collectDeferred } from "./deferred.mjs";

/** Makes many requests past the threshold at once, at an instant of this process. Tells how many touches were written. */
export async function requestLater({ store, makeSessions }, { token, at, count }) {
  let calls = 0;
  let writes = 0;
  const counting = {
    ...store,
    async update(id, change, now) {
      const answer = await store.update(id, change, now);
      calls += 1;
      if (answer.outcome === "updated" && answer.record.lastSeenAt === at) writes += 1;
      return answer;
    },
  };
  const tasks = [];
  const runtime = { now: () => at, after: collectDeferred(tasks) };
  const sessions = makeSessions({ store: counting, runtime });
  const found = await Promise.all(Array.from({ length: count }, () => sessions.validate(token)));
  await Promise.all(tasks.map((task) => task()));
  return { calls, writes, alive: found.filter(Boolean).length };
}
