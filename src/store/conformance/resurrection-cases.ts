import type { RecordChange } from "../port.ts";
import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, tally } from "./check.ts";
import { atOnce, byUserOf, day, hour, rotation, type Scene } from "./scene.ts";

const afterDestroy: Record<string, CaseBody> = {
  "a write after destroy is missing": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    await destroyed(scene, record);
    await staysDead(scene, record, { set: { a: "2" }, fields: { device: "x" } });
    await staysDead(scene, record, { clear: true });
  },

  "a touch after destroy is missing": async (scene) => {
    const record = await scene.stored();
    await destroyed(scene, record);
    await staysDead(scene, record, touch(scene));
  },

  "a rotation after destroy is missing, one that is tried again too": async (scene) => {
    const record = await scene.stored();
    const change = rotation(record.digest, scene.freshDigest(), scene.at + hour);
    await scene.outcome(record.id, change);
    await destroyed(scene, record);
    await staysDead(scene, record, change);
  },

  "a sign-in after destroy is missing": async (scene) => {
    const record = await scene.stored();
    await destroyed(scene, record);
    await staysDead(scene, record, signIn(scene, record));
  },

  "a hundred late changes of every kind bring nothing back": async (scene) => {
    const record = await scene.stored();
    await destroyed(scene, record);
    const answers = await atOnce(100, (turn) =>
      scene.hand(turn).update(record.id, changeOf(scene, record, turn), scene.at),
    );
    equal("the outcomes", tally(answers.map((answer) => answer.outcome)), { missing: 100 });
    equal("a find afterwards", await scene.find(record.id), null);
  },

  "changes that race with destroy leave nothing behind": async (scene) => {
    const record = await scene.stored();
    const answers = await atOnce(65, async (turn) => {
      if (turn === 32) return scene.hand(turn).destroy(record.id);
      return (await scene.hand(turn).update(record.id, changeOf(scene, record, turn), scene.at)).outcome;
    });
    const { updated = 0, missing = 0, replaced = 0, conflict = 0, ...rest } = tally(answers);
    equal("how many were answered by an outcome", updated + missing + replaced + conflict, 64);
    equal("the answer of destroy", rest, { destroyed: 1 });
    equal("a find afterwards", await scene.find(record.id), null);
  },
};

const afterRevoke: Record<string, CaseBody> = {
  "a write after the user's sessions were destroyed is missing": async (scene) => {
    const record = await scene.stored({ userId: scene.freshUser() });
    await byUserOf(scene).destroy(record.userId ?? "");
    await staysDead(scene, record, { set: { a: "1" } });
    await staysDead(scene, record, touch(scene));
  },

  "a sign-in after destroy puts nothing on the user's list": async (scene) => {
    const record = await scene.stored();
    const change = signIn(scene, record);
    await destroyed(scene, record);
    await staysDead(scene, record, change);
    equal("the user's list", await byUserOf(scene).list(change.fields.userId, scene.at), []);
  },
};

async function destroyed({ store }: Scene, { id }: SessionRecord): Promise<void> {
  equal("the answer of destroy", await store.destroy(id), "destroyed");
}

async function staysDead(scene: Scene, { id }: SessionRecord, change: RecordChange): Promise<void> {
  equal("the outcome of a change after the end", await scene.outcome(id, change), "missing");
  equal("a find after that change", await scene.find(id), null);
}

function changeOf(scene: Scene, record: SessionRecord, turn: number): RecordChange {
  if (turn % 4 === 0) return { set: { [`key${turn}`]: "1" } };
  if (turn % 4 === 1) return touch(scene);
  if (turn % 4 === 2) return rotation(record.digest, scene.freshDigest(), scene.at + hour);
  return signIn(scene, record);
}

function touch({ at }: Scene): RecordChange {
  return { touch: { lastSeenAt: at + hour, idleExpiresAt: at + day, ifSeenBefore: at + hour } };
}

function signIn(scene: Scene, record: SessionRecord) {
  const change = rotation(record.digest, scene.freshDigest(), scene.at);
  return { ...change, generation: 1, raiseGeneration: true as const, fields: { userId: scene.freshUser() } };
}

export const resurrectionCases = [
  ...cases("no resurrection", afterDestroy),
  ...cases("no resurrection", afterRevoke, ["byUser"]),
];
