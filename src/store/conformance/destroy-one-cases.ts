import type { RecordChange } from "../port.ts";
import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, fail, sameRecord, show, tally } from "./check.ts";
import { atOnce, byUserOf, day, hour, rotation, type Scene } from "./scene.ts";

const own: Record<string, CaseBody> = {
  "a session of the user is destroyed and no other": async (scene) => {
    const userId = scene.freshUser();
    const [gone, kept] = [await scene.stored({ userId }), await scene.stored({ userId })];
    const others = [kept, await scene.stored({ userId: scene.freshUser() }), await scene.stored()];
    equal("the answer", await destroyOne(scene, userId, gone.id), "destroyed");
    equal("a find of the destroyed one", await scene.find(gone.id), null);
    for (const other of others) sameRecord("another record", await scene.find(other.id), other);
    equal("the list afterwards", await listed(scene, userId), [kept.id]);
  },

  "an expired session of the user is destroyed too": async (scene) => {
    const userId = scene.freshUser();
    for (const over of [{ idleExpiresAt: scene.at - hour }, { expiresAt: scene.at - hour }]) {
      const { id } = await scene.stored({ userId, ...over });
      // A store whose rows expire by themselves may not hold it any more.
      const isHeld = (await scene.find(id)) !== null;
      equal("the answer", await destroyOne(scene, userId, id), isHeld ? "destroyed" : "missing");
      equal("a find of it", await scene.find(id), null);
    }
  },

  "what was destroyed is missing from then on, and no late change brings it back": async (scene) => {
    const userId = scene.freshUser();
    const record = await scene.stored({ userId });
    await destroyOne(scene, userId, record.id);
    const changes = Array.from({ length: 8 }, (_, turn) => changeOf(scene, record, turn));
    for (const change of [...changes, handOver(scene, record, userId)]) {
      equal("the outcome of a late change", await scene.outcome(record.id, change), "missing");
    }
    equal("the answer the second time", await destroyOne(scene, userId, record.id), "missing");
    equal("the answer of destroy", await scene.store.destroy(record.id), "missing");
    equal("a find afterwards", await scene.find(record.id), null);
    equal("the list afterwards", await listed(scene, userId), []);
  },
};

const refusals: Record<string, CaseBody> = {
  "a session of another user is missing, and stays as it was": async (scene) => {
    const [userId, otherUser] = [scene.freshUser(), scene.freshUser()];
    const [kept, foreign] = [await scene.stored({ userId }), await scene.stored({ userId: otherUser })];
    equal("the answer", await destroyOne(scene, userId, foreign.id), "missing");
    sameRecord("the record of the other user", await scene.find(foreign.id), foreign);
    equal("both lists", [await listed(scene, userId), await listed(scene, otherUser)], [[kept.id], [foreign.id]]);
  },

  "an anonymous session is missing, whoever asks, and stays as it was": async (scene) => {
    const record = await scene.stored();
    for (const userId of [scene.freshUser(), "", "null"]) {
      equal(`the answer to ${show(userId)}`, await destroyOne(scene, userId, record.id), "missing");
    }
    sameRecord("the anonymous record", await scene.find(record.id), record);
  },

  "an unknown id is missing, and nothing of the user's is changed": async (scene) => {
    const userId = scene.freshUser();
    const kept = await scene.stored({ userId });
    for (const id of [scene.freshId(), "", userId, kept.id.slice(1), `${kept.id} `]) {
      equal(`the answer to ${show(id)}`, await destroyOne(scene, userId, id), "missing");
    }
    sameRecord("the record of the user", await scene.find(kept.id), kept);
  },

  "the user of now decides: one who signed out or handed it on has no say": async (scene) => {
    const [first, second] = [scene.freshUser(), scene.freshUser()];
    const { id } = await scene.stored({ userId: first });
    await scene.outcome(id, { fields: { userId: null } });
    equal("the answer after the sign-out", await destroyOne(scene, first, id), "missing");
    await scene.outcome(id, { fields: { userId: second } });
    equal("the answer to the first user", await destroyOne(scene, first, id), "missing");
    equal("the answer to the second", await destroyOne(scene, second, id), "destroyed");
    equal("a find afterwards", await scene.find(id), null);
  },
};

const races: Record<string, CaseBody> = {
  "of many at once one is answered destroyed": async (scene) => {
    const userId = scene.freshUser();
    const { id } = await scene.stored({ userId });
    const answers = await atOnce(32, (turn) => scene.hand(turn).byUser?.destroyOne(userId, id) ?? "none");
    equal("the answers", tally(answers), { destroyed: 1, missing: 31 });
    equal("a find afterwards", await scene.find(id), null);
  },

  "changes of the session that race with it neither prevent nor undo it": async (scene) => {
    const userId = scene.freshUser();
    const record = await scene.stored({ userId });
    const answers = await atOnce(33, async (turn) => {
      if (turn === 16) return scene.hand(turn).byUser?.destroyOne(userId, record.id) ?? "none";
      const change = changeOf(scene, record, turn);
      return `update: ${(await scene.hand(turn).update(record.id, change, scene.at)).outcome}`;
    });
    equal("the answer", answers[16], "destroyed");
    equal("a find afterwards", await scene.find(record.id), null);
    equal("the list afterwards", await listed(scene, userId), []);
  },

  "a session that another user signs in to at the same time is ended before that, or never": async (scene) => {
    const [userId, otherUser] = [scene.freshUser(), scene.freshUser()];
    const records = await atOnce(24, () => scene.stored({ userId }));
    const living: string[] = [];
    await atOnce(24, async (turn) => {
      const { id } = records[turn] as SessionRecord;
      const [signedIn, ended] = await atOnce(2, (half) => {
        if (half === turn % 2) return signInTo(scene, records[turn] as SessionRecord, otherUser, turn);
        return scene.hand(turn + 1).byUser?.destroyOne(userId, id) ?? "none";
      }).then((answers) => (turn % 2 === 0 ? answers : answers.reverse()));
      const both = `${signedIn}, ${ended}`;
      if (both === "updated, missing") living.push(id);
      else equal("the answers to the sign-in and to destroyOne", both, "missing, destroyed");
    });
    for (const { id } of records) await endedOrHandedOn(scene, id, living.includes(id) ? otherUser : null);
    equal("the list of the user", await listed(scene, userId), []);
    equal("the list of the other user", await listed(scene, otherUser), living.sort());
  },
};

async function endedOrHandedOn(scene: Scene, id: string, userId: string | null): Promise<void> {
  const found = await scene.find(id);
  if (userId !== null && found === null) fail("a session whose sign-in was answered", "a record", found);
  equal("the user of a session after the race", found?.userId ?? null, userId);
}

async function destroyOne(scene: Scene, userId: string, id: string): Promise<"destroyed" | "missing"> {
  return byUserOf(scene).destroyOne(userId, id);
}

async function listed(scene: Scene, userId: string): Promise<string[]> {
  return (await byUserOf(scene).list(userId, scene.at)).map(({ id }) => id).sort();
}

async function signInTo(scene: Scene, record: SessionRecord, userId: string, turn: number): Promise<string> {
  return (await scene.hand(turn).update(record.id, handOver(scene, record, userId), scene.at)).outcome;
}

function handOver(scene: Scene, { digest }: SessionRecord, userId: string): RecordChange {
  return { ...rotation(digest, scene.freshDigest(), scene.at), raiseGeneration: true, fields: { userId } };
}

/** A change that leaves the user as it is. */
function changeOf({ at, freshDigest }: Scene, { digest }: SessionRecord, turn: number): RecordChange {
  if (turn % 4 === 0) return { set: { [`key${turn}`]: "1" } };
  if (turn % 4 === 1) return { touch: { lastSeenAt: at + hour, idleExpiresAt: at + day, ifSeenBefore: at + hour } };
  if (turn % 4 === 2) return rotation(digest, freshDigest(), at + hour);
  return { clear: true, fields: { device: `device ${turn}` } };
}

export const destroyOneCases = cases("destroyOne", { ...own, ...refusals, ...races }, ["byUser"]);
