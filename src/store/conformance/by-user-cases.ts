import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { atOnce, byUserOf, hour, rotation, type Scene } from "./scene.ts";

const list: Record<string, CaseBody> = {
  "a user without sessions has an empty list": async (scene) => {
    equal("the list", await byUserOf(scene).list(scene.freshUser(), scene.at), []);
  },

  "the list has every record of the user and nobody else's": async (scene) => {
    const userId = scene.freshUser();
    const own = [await scene.stored({ userId }), await scene.stored({ userId }), await scene.stored({ userId })];
    await scene.stored({ userId: scene.freshUser() });
    await scene.stored({ userId: null });
    equal("the ids listed", await listed(scene, userId), idsOf(own));
  },

  "expired records are listed too": async (scene) => {
    const record = await scene.stored({ userId: scene.freshUser() });
    const found = await byUserOf(scene).list(record.userId ?? "", record.expiresAt + hour);
    equal("the ids listed after the deadline", idsOf(found), [record.id]);
  },

  "the list has the records as they are now": async (scene) => {
    const record = await scene.stored({ userId: scene.freshUser(), data: { a: "1" } });
    await scene.outcome(record.id, { set: { a: "2" }, fields: { device: "x" } });
    const [found] = await byUserOf(scene).list(record.userId ?? "", scene.at);
    sameRecord("the record listed", found, { ...record, data: { a: "2" }, device: "x", version: 2 });
  },

  "a destroyed session is off the list": async (scene) => {
    const userId = scene.freshUser();
    const [gone, kept] = [await scene.stored({ userId }), await scene.stored({ userId })];
    await scene.store.destroy(gone.id);
    equal("the ids listed", await listed(scene, userId), [kept.id]);
  },

  "a session goes with its user: signed in, handed on, signed out": async (scene) => {
    const { id } = await scene.stored();
    const [first, second] = [scene.freshUser(), scene.freshUser()];
    const lists = async () => [await listed(scene, first), await listed(scene, second)];
    await scene.outcome(id, { fields: { userId: first } });
    equal("both lists after the first sign-in", await lists(), [[id], []]);
    await scene.outcome(id, { fields: { userId: second } });
    equal("both lists after the second sign-in", await lists(), [[], [id]]);
    await scene.outcome(id, { fields: { userId: null } });
    equal("both lists after the sign-out", await lists(), [[], []]);
  },

  "a change that was refused moves no session": async (scene) => {
    const userId = scene.freshUser();
    const record = await scene.stored({ userId, data: { a: "1" } });
    const fields = { userId: scene.freshUser() };
    await scene.outcome(record.id, { fields, generation: 9 });
    await scene.outcome(record.id, { fields, expect: { a: "9" } });
    await scene.outcome(record.id, { fields }, record.idleExpiresAt);
    equal("the list of the new user", await listed(scene, fields.userId), []);
    equal("the list of the old user", await listed(scene, userId), [record.id]);
  },

  "a create that was refused lists nothing": async (scene) => {
    const { id } = await scene.stored({ userId: scene.freshUser() });
    const userId = scene.freshUser();
    equal("the create", await scene.store.create(scene.record({ id, userId })), "exists");
    equal("the list of the user it names", await listed(scene, userId), []);
  },
};

const destroy: Record<string, CaseBody> = {
  "destroying the sessions of a user without any answers none": async (scene) => {
    equal("the ids destroyed", await byUserOf(scene).destroy(scene.freshUser()), []);
  },

  "every session of the user is destroyed and no other": async (scene) => {
    const userId = scene.freshUser();
    const own = [await scene.stored({ userId }), await scene.stored({ userId })];
    const others = [await scene.stored({ userId: scene.freshUser() }), await scene.stored()];
    equal("the ids destroyed", [...(await byUserOf(scene).destroy(userId))].sort(), idsOf(own));
    for (const { id } of own) equal("a find of a destroyed one", await scene.find(id), null);
    for (const other of others) sameRecord("the record of somebody else", await scene.find(other.id), other);
    equal("the list afterwards", await listed(scene, userId), []);
  },

  "the session that is excepted stays": async (scene) => {
    const userId = scene.freshUser();
    const [kept, gone] = [await scene.stored({ userId }), await scene.stored({ userId })];
    equal("the ids destroyed", await byUserOf(scene).destroy(userId, kept.id), [gone.id]);
    sameRecord("the record excepted", await scene.find(kept.id), kept);
    equal("the list afterwards", await listed(scene, userId), [kept.id]);
  },

  "an exception that is not the user's own spares none of theirs": async (scene) => {
    const userId = scene.freshUser();
    const [own, foreign] = [await scene.stored({ userId }), await scene.stored({ userId: scene.freshUser() })];
    equal("the ids destroyed", await byUserOf(scene).destroy(userId, foreign.id), [own.id]);
    sameRecord("the record of somebody else", await scene.find(foreign.id), foreign);
  },

  "expired sessions are destroyed too": async (scene) => {
    const userId = scene.freshUser();
    const record = await scene.stored({ userId, idleExpiresAt: scene.at - hour, expiresAt: scene.at + hour });
    await scene.stored({ userId });
    await byUserOf(scene).destroy(userId);
    equal("a find of the expired one", await scene.find(record.id), null);
  },
};

const races: Record<string, CaseBody> = {
  "of two who destroy at once each session is answered to one": async (scene) => {
    const userId = scene.freshUser();
    const own = await atOnce(16, () => scene.stored({ userId }));
    const answers = await atOnce(4, (turn) => scene.hand(turn).byUser?.destroy(userId) ?? []);
    equal("all ids answered", answers.flat().sort(), idsOf(own));
  },

  "sign-ins that race with destroy are destroyed or listed, and those before it are gone": async (scene) => {
    const userId = scene.freshUser();
    const before = await atOnce(16, () => scene.stored());
    await atOnce(16, (turn) => signIn(scene, before[turn], userId, turn));
    const during = await atOnce(16, () => scene.stored());
    const destroying = atOnce(17, (turn) =>
      turn === 8
        ? scene.hand(turn).byUser?.destroy(userId)
        : signIn(scene, during[turn < 8 ? turn : turn - 1], userId, turn),
    );
    await destroying;
    for (const { id } of before) equal("a find of one bound before", await scene.find(id), null);
    const living = await scene.store.find(
      during.map(({ id }) => id),
      scene.at,
    );
    const left = living.flatMap((found) => (found ? [found.id] : [])).sort();
    equal("the list afterwards", await listed(scene, userId), left);
  },
};

async function signIn(scene: Scene, record: SessionRecord | undefined, userId: string, turn: number): Promise<unknown> {
  const change = rotation(record?.digest ?? "", scene.freshDigest(), scene.at);
  return scene.hand(turn).update(record?.id ?? "", { ...change, raiseGeneration: true, fields: { userId } }, scene.at);
}

async function listed(scene: Scene, userId: string): Promise<string[]> {
  return idsOf(await byUserOf(scene).list(userId, scene.at));
}

const idsOf = (records: readonly SessionRecord[]): string[] => records.map((record) => record.id).sort();

export const byUserCases = cases("byUser", { ...list, ...destroy, ...races }, ["byUser"]);
