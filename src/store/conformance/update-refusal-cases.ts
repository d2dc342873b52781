import type { RecordChange } from "../port.ts";
import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal } from "./check.ts";
import { applied, day, hour, refused, rotation, type Scene } from "./scene.ts";

const missing: Record<string, CaseBody> = {
  "an id without a record is missing, and nothing comes into being": async ({ freshId, outcome, find }) => {
    const id = freshId();
    equal("the outcome", await outcome(id, { set: { a: "1" }, fields: { persistent: true } }), "missing");
    equal("a find afterwards", await find(id), null);
  },

  "at the idle deadline a record is missing": async (scene) => {
    const record = await scene.stored();
    await refused(scene, record, { set: { a: "1" } }, "missing", record.idleExpiresAt);
    await refused(scene, record, { set: { a: "1" } }, "missing", record.idleExpiresAt + 1);
  },

  "at the absolute deadline and ever after a record is missing": async (scene) => {
    const record = await scene.stored({ idleExpiresAt: scene.at + hour, expiresAt: scene.at + hour });
    await refused(scene, record, { set: { a: "1" } }, "missing", record.expiresAt);
    await refused(scene, record, { set: { a: "1" } }, "missing", record.expiresAt + 365 * day);
  },

  "a millisecond before the deadline a record is changed": async (scene) => {
    const record = await scene.stored();
    await applied(scene, record, { set: { a: "1" } }, { data: { a: "1" } }, record.idleExpiresAt - 1);
  },

  "an expired record is missing, whatever else is wrong": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    const late = record.idleExpiresAt;
    await refused(scene, record, { generation: 9 }, "missing", late);
    await refused(scene, record, { expect: { a: "2" } }, "missing", late);
    await refused(scene, record, rotation(scene.freshDigest(), scene.freshDigest(), late), "missing", late);
    await refused(scene, record, rotation(scene.freshDigest(), record.digest, late), "missing", late);
  },
};

const replaced: Record<string, CaseBody> = {
  "another generation is turned away as replaced": async (scene) => {
    const record = await scene.stored({ generation: 5 });
    await refused(scene, record, { generation: 4, set: { a: "1" } }, "replaced");
    await refused(scene, record, { generation: 6, set: { a: "1" } }, "replaced");
  },

  "generation 0 is a generation too": async (scene) => {
    await refused(scene, await scene.stored(), { generation: 0, set: { a: "1" } }, "replaced");
    const first = await scene.stored({ generation: 0 });
    await applied(scene, first, { generation: 0, set: { a: "1" } }, { data: { a: "1" } });
  },

  "the same generation, or none, is let through": async (scene) => {
    const record = await scene.stored({ generation: 5 });
    const changed = await applied(scene, record, { generation: 5, set: { a: "1" } }, { data: { a: "1" } });
    await applied(scene, changed, { set: { a: "2" } }, { data: { a: "2" } });
  },

  "replaced comes before any conflict": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    await refused(scene, record, { generation: 9, expect: { a: "2" } }, "replaced");
    const change = rotation(scene.freshDigest(), scene.freshDigest(), scene.at);
    await refused(scene, record, { generation: 9, ...change }, "replaced");
  },
};

const conflict: Record<string, CaseBody> = {
  "a token change from another digest is a conflict": async (scene) => {
    const record = await scene.stored();
    await refused(scene, record, rotation(scene.freshDigest(), scene.freshDigest(), scene.at), "conflict");
  },

  "a token change from the previous digest is a conflict, even within its grace": async (scene) => {
    const previousDigest = scene.freshDigest();
    const record = await scene.stored({ previousDigest, previousGraceEndsAt: scene.at + hour });
    await refused(scene, record, rotation(previousDigest, scene.freshDigest(), scene.at), "conflict");
  },

  "an expected text that differs is a conflict": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    await refused(scene, record, { expect: { a: "2" }, set: { a: "3" } }, "conflict");
  },

  "an expected text is compared to the last bit": async (scene) => {
    const record = await scene.stored({ data: { a: '"Caf\u00e9"' } });
    for (const a of ['"caf\u00e9"', '"Cafe"', '"Cafe\u0301"', '"Caf\u00e9" ', ' "Caf\u00e9"', '"Caf\u00e9"\u0000']) {
      await refused(scene, record, { expect: { a }, set: { a: "3" } }, "conflict");
    }
  },

  "an expected text is a conflict where the key is absent": async (scene) => {
    const record = await scene.stored({ data: { b: "1" } });
    await refused(scene, record, { expect: { a: "1" }, set: { a: "2" } }, "conflict");
  },

  "an expected absence is a conflict where the key exists": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    await refused(scene, record, { expect: { a: null }, set: { a: "2" } }, "conflict");
  },

  "absence is told apart from the text null and from an empty text": async (scene) => {
    const record = await scene.stored({ data: { empty: "", nothing: "null" } });
    await refused(scene, record, { expect: { empty: null }, set: { a: "1" } }, "conflict");
    await refused(scene, record, { expect: { nothing: null }, set: { a: "1" } }, "conflict");
    await refused(scene, record, { expect: { absent: "" }, set: { a: "1" } }, "conflict");
    await refused(scene, record, { expect: { absent: "null" }, set: { a: "1" } }, "conflict");
  },

  "one failed expectation of several is a conflict": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    await refused(scene, record, { expect: { a: "1", b: "9", c: null }, set: { a: "3" } }, "conflict");
    await refused(scene, record, { expect: { c: null, a: "1", d: "4" }, set: { a: "3" } }, "conflict");
  },

  "a refused change is refused whole": async (scene) => {
    const record = await scene.stored({ data: { a: "1", b: "2" } });
    await refused(scene, record, { ...wholeChange(scene, record), expect: { a: "9" } }, "conflict");
    await refused(scene, record, { ...wholeChange(scene, record), generation: 9 }, "replaced");
  },
};

function wholeChange(scene: Scene, record: SessionRecord): RecordChange {
  const { at } = scene;
  return {
    ...rotation(record.digest, scene.freshDigest(), at),
    clear: true,
    remove: ["b"],
    set: { c: "3" },
    fields: { userId: scene.freshUser(), device: "changed", persistent: false },
    raiseGeneration: true,
    touch: { lastSeenAt: at + hour, idleExpiresAt: at + day, ifSeenBefore: at + 1 },
  };
}

export const updateRefusalCases = cases("update", { ...missing, ...replaced, ...conflict });
