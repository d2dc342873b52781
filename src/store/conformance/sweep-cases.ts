import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, fail, sameRecord } from "./check.ts";
import { atOnce, byUserOf, day, hour, type Scene } from "./scene.ts";

// All of this plays in 1971: whatever else the store holds had not expired then, so that only our own records are swept.
const rules: Record<string, CaseBody> = {
  "expired records are removed, living ones stay as they are": async (scene) => {
    const gone = await scene.stored(ending(scene.longAgo - day));
    const kept = await scene.stored({ ...ending(scene.longAgo + day), data: { a: "1" } });
    await sweepAll(scene, scene.longAgo);
    equal("a find of the expired one", await scene.find(gone.id), null);
    sameRecord("the living one", await scene.find(kept.id), kept);
  },

  "a deadline equal to the instant has passed, one a millisecond later has not": async (scene) => {
    const gone = await scene.stored(ending(scene.longAgo));
    const kept = await scene.stored(ending(scene.longAgo + 1));
    await sweepAll(scene, scene.longAgo);
    equal("a find of the one that ends now", await scene.find(gone.id), null);
    sameRecord("the one that ends a millisecond later", await scene.find(kept.id), kept);
  },

  "a record past its idle deadline alone is removed": async (scene) => {
    const idle = { ...ending(scene.longAgo + day), idleExpiresAt: scene.longAgo - 1 };
    const gone = await scene.stored(idle);
    await sweepAll(scene, scene.longAgo);
    equal("a find of the idle one", await scene.find(gone.id), null);
  },

  "no more than the limit are removed at a time, and repeating finishes": async (scene) => {
    const records = await atOnce(7, () => scene.stored(ending(scene.longAgo - hour)));
    const removed = await sweepOnce(scene, scene.longAgo, 3);
    const left = await countLeft(scene, records);
    if (left < 4) fail("how many of 7 are left after a sweep of 3", "at least 4", left);
    if (7 - left > removed) fail("the number answered", `at least ${7 - left}`, removed);
    await sweepAll(scene, scene.longAgo, 3);
    equal("how many are left in the end", await countLeft(scene, records), 0);
  },

  "the numbers answered are those of the records removed": async (scene) => {
    await sweepAll(scene, scene.longAgo);
    const records = await atOnce(9, () => scene.stored(ending(scene.longAgo - hour)));
    equal("the sum of the numbers answered", await sweepAll(scene, scene.longAgo, 4), 9);
    equal("how many are left", await countLeft(scene, records), 0);
  },

  "a sweep goes by the deadlines of now, later or sooner than at first": async (scene) => {
    const { longAgo } = scene;
    const kept = await scene.stored(ending(longAgo));
    const gone = await scene.stored(ending(longAgo + day));
    await scene.outcome(
      kept.id,
      { fields: { idleExpiresAt: longAgo + day, expiresAt: longAgo + day } },
      longAgo - hour,
    );
    await scene.outcome(gone.id, { fields: { idleExpiresAt: longAgo } }, longAgo - hour);
    await sweepAll(scene, longAgo);
    equal("how many of the prolonged are left", await countLeft(scene, [kept]), 1);
    equal("how many of the shortened are left", await countLeft(scene, [gone]), 0);
  },

  "a swept record is missing to every change, and its id can be used anew": async (scene) => {
    const record = await scene.stored(ending(scene.longAgo));
    await sweepAll(scene, scene.longAgo);
    equal("an update", await scene.outcome(record.id, { set: { a: "1" } }, scene.longAgo - hour), "missing");
    equal("a destroy", await scene.store.destroy(record.id), "missing");
    equal("a create", await scene.store.create(record), "created");
  },

  "sweeps at the same time do not disturb each other": async (scene) => {
    const records = await atOnce(24, () => scene.stored(ending(scene.longAgo - hour)));
    const kept = await atOnce(8, () => scene.stored(ending(scene.longAgo + hour)));
    await atOnce(8, (turn) => scene.hand(turn).sweep?.(scene.longAgo, 24));
    await sweepAll(scene, scene.longAgo);
    equal("how many of the expired are left", await countLeft(scene, records), 0);
    equal("how many of the living are left", await countLeft(scene, kept), 8);
  },

  "a touch that races with a sweep and was answered has saved its record": async (scene) => {
    const { longAgo } = scene;
    const records = await atOnce(16, () => scene.stored(ending(longAgo, longAgo + day)));
    const touch = { lastSeenAt: longAgo - 1, idleExpiresAt: longAgo + hour, ifSeenBefore: longAgo - 1 };
    const answers = await atOnce(17, async (turn) => {
      if (turn === 8) return String(await scene.hand(turn).sweep?.(longAgo, 1_000));
      const record = records[turn < 8 ? turn : turn - 1];
      return (await scene.hand(turn).update(record?.id ?? "", { touch }, longAgo - 1)).outcome;
    });
    const saved = answers.filter((answer) => answer === "updated").length;
    equal("how many are left of those whose touch was answered", await countLeft(scene, records), saved);
  },
};

const withUsers: Record<string, CaseBody> = {
  "a swept session is off its user's list": async (scene) => {
    const userId = scene.freshUser();
    await scene.stored({ ...ending(scene.longAgo), userId });
    await sweepAll(scene, scene.longAgo);
    equal("the list", await byUserOf(scene).list(userId, scene.longAgo), []);
    equal("the ids that a destroy answers", await byUserOf(scene).destroy(userId), []);
  },
};

/** Parts of a record that was last seen two days before its end. */
function ending(idleExpiresAt: number, expiresAt: number = idleExpiresAt): Partial<SessionRecord> {
  const createdAt = idleExpiresAt - 2 * day;
  return { createdAt, lastSeenAt: createdAt, idleExpiresAt, expiresAt };
}

async function sweepOnce({ store }: Scene, now: number, limit: number): Promise<number> {
  const removed = (await store.sweep?.(now, limit)) ?? 0;
  if (!Number.isInteger(removed) || removed < 0 || removed > limit) {
    fail(`the answer of sweep with the limit ${limit}`, `a whole number from 0 to ${limit}`, removed);
  }
  return removed;
}

/** Sweeps until less than the limit was removed; answers the sum. */
async function sweepAll(scene: Scene, now: number, limit = 100): Promise<number> {
  let sum = 0;
  for (let round = 0; round < 500; round++) {
    const removed = await sweepOnce(scene, now, limit);
    sum += removed;
    if (removed < limit) return sum;
  }
  return fail("500 sweeps in a row", "to come to an end", `${sum} records removed, by the numbers answered`);
}

async function countLeft({ store, at }: Scene, records: readonly SessionRecord[]): Promise<number> {
  const found = await store.find(
    records.map(({ id }) => id),
    at,
  );
  return found.filter((answer) => answer !== null).length;
}

export const sweepCases = [...cases("sweep", rules, ["sweep"]), ...cases("sweep", withUsers, ["sweep", "byUser"])];
