import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { applied, hour, refused, rotation } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "the digest becomes the new one, the previous digest the old one, with its grace": async (scene) => {
    const record = await scene.stored();
    const to = scene.freshDigest();
    const previous = { previousDigest: record.digest, previousGraceEndsAt: scene.at + 10_000 };
    await applied(scene, record, rotation(record.digest, to, scene.at + 10_000), { digest: to, ...previous });
  },

  "a second change moves the previous digest on": async (scene) => {
    const first = await scene.stored();
    const [second, third] = [scene.freshDigest(), scene.freshDigest()];
    await scene.outcome(first.id, rotation(first.digest, second, scene.at + 1));
    const changed = { digest: third, previousDigest: second, previousGraceEndsAt: scene.at + 2, version: 3 };
    await applied(scene, first, rotation(second, third, scene.at + 2), changed);
  },

  "neither generation nor deadlines move with the token": async (scene) => {
    const record = await scene.stored({ generation: 7 });
    const to = scene.freshDigest();
    await scene.outcome(record.id, rotation(record.digest, to, scene.at), scene.at + hour);
    const { digest, generation, idleExpiresAt, expiresAt, lastSeenAt } = (await scene.find(record.id)) ?? {};
    const kept = { idleExpiresAt: record.idleExpiresAt, expiresAt: record.expiresAt, lastSeenAt: record.lastSeenAt };
    const expected = { digest: to, generation: 7, ...kept };
    equal("the record after a token change", { digest, generation, idleExpiresAt, expiresAt, lastSeenAt }, expected);
  },

  "the same change again is answered with the record as it is": async (scene) => {
    const record = await scene.stored();
    const change = rotation(record.digest, scene.freshDigest(), scene.at + 10_000);
    await scene.outcome(record.id, change);
    const after = await scene.find(record.id);
    if (after) await applied(scene, after, change, { version: after.version });
    equal("whether the record is still there", after !== null, true);
  },

  "the same change again is recognised although it raised the generation": async (scene) => {
    const record = await scene.stored();
    const token = rotation(record.digest, scene.freshDigest(), scene.at);
    const change = { ...token, generation: 1, raiseGeneration: true as const, fields: { userId: scene.freshUser() } };
    equal("the first answer", await scene.outcome(record.id, change), "updated");
    const after = await scene.find(record.id);
    equal("the second answer", await scene.outcome(record.id, change), "updated");
    sameRecord("the record after the second", await scene.find(record.id), { ...record, ...after });
  },

  "the same change again is recognised although its expectations no longer hold": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    const change = { ...rotation(record.digest, scene.freshDigest(), scene.at), expect: { a: "1" }, set: { a: "2" } };
    await scene.outcome(record.id, change);
    equal("the second answer", await scene.outcome(record.id, change), "updated");
  },

  "the same change again undoes nothing that came between": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    const change = { ...rotation(record.digest, scene.freshDigest(), scene.at), set: { a: "2" }, remove: ["b"] };
    await scene.outcome(record.id, change);
    await scene.outcome(record.id, { set: { a: "3", b: "4" }, fields: { device: "x" } });
    await scene.outcome(record.id, change);
    equal("the data afterwards", (await scene.find(record.id))?.data, { a: "3", b: "4" });
  },

  "a change that a later one has overtaken is a conflict": async (scene) => {
    const record = await scene.stored();
    const [second, third] = [scene.freshDigest(), scene.freshDigest()];
    await scene.outcome(record.id, rotation(record.digest, second, scene.at));
    await scene.outcome(record.id, rotation(second, third, scene.at));
    const now = await scene.find(record.id);
    equal("the digest after two changes", now?.digest, third);
    if (now) await refused(scene, now, rotation(record.digest, second, scene.at), "conflict");
  },
};

export const tokenCases = cases("token", rules);
