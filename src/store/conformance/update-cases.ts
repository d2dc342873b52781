import type { ChangeableFields, RecordChange } from "../port.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal } from "./check.ts";
import { everyFieldSet } from "./create-cases.ts";
import { applied, day, hour, rotation, type Scene } from "./scene.ts";

const data: Record<string, CaseBody> = {
  "set adds and replaces single keys and leaves the others": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    await applied(scene, record, { set: { b: "3", c: "4" } }, { data: { a: "1", b: "3", c: "4" } });
  },

  "remove takes single keys away; an absent one is no problem": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    await applied(scene, record, { remove: ["a", "absent"] }, { data: { b: "2" } });
  },

  "clear takes every key away": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    await applied(scene, record, { clear: true }, { data: {} });
  },

  "clear and remove come before set": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    const changed = await applied(scene, record, { remove: ["a"], set: { a: "3" } }, { data: { a: "3", b: "2" } });
    await applied(scene, changed, { clear: true, set: { c: "4" } }, { data: { c: "4" } });
  },

  "expectations that hold let the change through": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    const change = { expect: { a: "1", c: null }, set: { c: "3" } };
    await applied(scene, record, change, { data: { a: "1", b: "2", c: "3" } });
  },

  "expectations speak of the record before the change": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    const change: RecordChange = {
      expect: { a: "1", b: "2", c: null },
      clear: true,
      remove: ["b"],
      set: { a: "2", c: "3" },
    };
    await applied(scene, record, change, { data: { a: "2", c: "3" } });
  },

  "a change of conditions only answers them and keeps the data": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    equal("conditions that hold", await scene.outcome(record.id, { generation: 1, expect: { a: "1" } }), "updated");
    equal("an expectation that fails", await scene.outcome(record.id, { expect: { a: "2" } }), "conflict");
    equal("an empty change", await scene.outcome(record.id, {}), "updated");
    equal("the data afterwards", (await scene.find(record.id))?.data, { a: "1" });
  },
};

const rest: Record<string, CaseBody> = {
  "each field is set by itself": async (scene) => {
    let record = await scene.stored({ data: { a: "1" } });
    for (const [name, value] of Object.entries(otherFields(scene))) {
      record = await applied(scene, record, { fields: { [name]: value } }, { [name]: value });
    }
  },

  "fields are set to null": async (scene) => {
    const record = await scene.stored(everyFieldSet(scene));
    const fields = { userId: null, device: null, actor: null, authenticatedAt: null };
    await applied(scene, record, { fields }, fields);
  },

  "version is raised by one for each kind of change": async (scene) => {
    const record = await scene.stored({ version: 41, data: { a: "1", b: "2" } });
    const { id, digest } = record;
    const changes = [{ set: { c: "3" } }, { remove: ["a"] }, { clear: true as const }, { fields: { device: "x" } }];
    const others = [rotation(digest, scene.freshDigest(), scene.at), { raiseGeneration: true as const }];
    for (const change of [...changes, ...others]) equal("the outcome", await scene.outcome(id, change), "updated");
    equal("the version after six changes", (await scene.find(id))?.version, 47);
  },

  "raiseGeneration adds one, and nothing else does": async (scene) => {
    const record = await scene.stored({ generation: 7, data: { a: "1" } });
    const raised = await applied(scene, record, { generation: 7, raiseGeneration: true }, { generation: 8 });
    await applied(scene, raised, { set: { a: "2" }, fields: { userId: "u" } }, { data: { a: "2" }, userId: "u" });
  },

  "all parts of a change are applied together, and version is raised once": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" }, version: 9, generation: 3 });
    const to = scene.freshDigest();
    const userId = scene.freshUser();
    const { at } = scene;
    const touch = { lastSeenAt: at + hour, idleExpiresAt: at + 2 * day, ifSeenBefore: at + 1 };
    await applied(
      scene,
      record,
      {
        generation: 3,
        expect: { a: "1", z: null },
        remove: ["b"],
        set: { c: "3" },
        fields: { userId, authenticatedAt: at + hour },
        ...rotation(record.digest, to, at + 10),
        raiseGeneration: true,
        touch,
      },
      {
        data: { a: "1", c: "3" },
        userId,
        authenticatedAt: at + hour,
        digest: to,
        previousDigest: record.digest,
        previousGraceEndsAt: at + 10,
        generation: 4,
        lastSeenAt: touch.lastSeenAt,
        idleExpiresAt: touch.idleExpiresAt,
      },
    );
  },
};

function otherFields({ at, freshUser }: Scene): ChangeableFields {
  return {
    userId: freshUser(),
    device: '"a phone"',
    actor: '"staff-1"',
    authenticatedAt: at + 1,
    lastSeenAt: at + 2,
    idleExpiresAt: at + 3 * day,
    expiresAt: at + 4 * day,
    persistent: false,
  };
}

export const updateCases = cases("update", { ...data, ...rest });
