import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { hour } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "an id without a record is missing": async ({ store, freshId }) => {
    equal("the answer", await store.destroy(freshId()), "missing");
  },

  "an id without a record is missing, not replaced, for any generation": async ({ store, freshId }) => {
    equal("the answer", await store.destroy(freshId(), 3), "missing");
  },

  "the record is gone at once": async ({ store, stored, find }) => {
    const record = await stored();
    equal("the answer", await store.destroy(record.id), "destroyed");
    equal("a find afterwards", await find(record.id), null);
    equal("a second destroy", await store.destroy(record.id), "missing");
  },

  "another generation is turned away as replaced and leaves the record": async ({ store, stored, find }) => {
    const record = await stored({ generation: 5 });
    equal("destroy with an earlier generation", await store.destroy(record.id, 4), "replaced");
    equal("destroy with a later generation", await store.destroy(record.id, 6), "replaced");
    equal("destroy with generation 0", await store.destroy(record.id, 0), "replaced");
    sameRecord("the record", await find(record.id), record);
  },

  "the same generation is let through": async ({ store, stored, find }) => {
    const record = await stored({ generation: 5 });
    equal("destroy with the generation", await store.destroy(record.id, 5), "destroyed");
    equal("a find afterwards", await find(record.id), null);
    const first = await stored({ generation: 0 });
    equal("destroy with generation 0", await store.destroy(first.id, 0), "destroyed");
  },

  "the generation is the one that an update raised it to": async ({ store, stored, outcome }) => {
    const record = await stored({ generation: 5 });
    await outcome(record.id, { raiseGeneration: true });
    equal("destroy with the generation before", await store.destroy(record.id, 5), "replaced");
    equal("destroy with the generation after", await store.destroy(record.id, 6), "destroyed");
  },

  "other records stay, those of the same user too": async ({ store, stored, find, freshUser }) => {
    const userId = freshUser();
    const [gone, kept] = [await stored({ userId }), await stored({ userId, data: { a: "1" } })];
    await store.destroy(gone.id);
    sameRecord("the other record of the user", await find(kept.id), kept);
  },
};

// A store that lets records expire by the real clock has no `sweep`, and may have lost this one already.
const rulesOfOldTimes: Record<string, CaseBody> = {
  "an expired record is destroyed like any other": async ({ store, longAgo, stored, find }) => {
    const record = await stored({ createdAt: longAgo, idleExpiresAt: longAgo + hour, expiresAt: longAgo + hour });
    equal("the answer", await store.destroy(record.id, 1), "destroyed");
    equal("a find afterwards", await find(record.id, longAgo), null);
  },
};

export const destroyCases = [...cases("destroy", rules), ...cases("destroy", rulesOfOldTimes, ["sweep"])];
