import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { day, hour, type Scene } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "every field is kept": async (scene) => {
    const record = await scene.stored(everyFieldSet(scene));
    sameRecord("the record created", await scene.find(record.id), record);
  },

  "null fields and empty data are kept": async ({ stored, find }) => {
    const record = await stored({ persistent: false, generation: 0, version: 0 });
    sameRecord("the record created", await find(record.id), record);
  },

  "instants up to the year 9999 are kept to the millisecond": async ({ stored, find }) => {
    const record = await stored({ idleExpiresAt: 253_402_300_799_998, expiresAt: 253_402_300_799_999 });
    sameRecord("the record created", await find(record.id), record);
  },

  "an id that exists is refused, and its record stays as it is": async ({ store, stored, record, find }) => {
    const first = await stored({ data: { a: "1" } });
    equal("a second create", await store.create(record({ id: first.id, data: { a: "2" } })), "exists");
    sameRecord("the first record", await find(first.id), first);
  },

  "an id whose record is expired is refused too": async ({ store, at, stored, record, find }) => {
    const first = await stored({ idleExpiresAt: at + hour, expiresAt: at + hour });
    const later = { createdAt: at + day, lastSeenAt: at + day };
    equal("a create after the deadline", await store.create(record({ id: first.id, ...later })), "exists");
    sameRecord("the first record", await find(first.id), first);
  },

  "the id of a destroyed record can be used anew": async ({ store, stored, record, find }) => {
    const first = await stored({ data: { a: "1" } });
    await store.destroy(first.id);
    const second = record({ id: first.id, data: { b: "2" } });
    equal("a create after destroy", await store.create(second), "created");
    sameRecord("the second record", await find(first.id), second);
  },

  "the caller's object is copied: changing it afterwards changes nothing": async ({ store, record, find }) => {
    const data = { a: "1" };
    const made = record({ data });
    const mutable = { ...made };
    await store.create(mutable);
    mutable.digest = "changed";
    data.a = "changed";
    sameRecord("the record created", await find(made.id), { ...made, data: { a: "1" } });
  },
};

// A store that lets records expire by the real clock has no `sweep`, and may have lost this one already.
const rulesOfOldTimes: Record<string, CaseBody> = {
  "an id whose record is expired by the real clock is refused too": async ({ store, longAgo, stored, record }) => {
    const first = await stored({ createdAt: longAgo, idleExpiresAt: longAgo + hour, expiresAt: longAgo + day });
    equal("a create of the id of an expired record", await store.create(record({ id: first.id })), "exists");
  },
};

/** Parts that set every field to something other than its blank value. */
export function everyFieldSet({ at, freshDigest, freshUser }: Scene): Partial<SessionRecord> {
  return {
    previousDigest: freshDigest(),
    previousGraceEndsAt: at + 10_000,
    userId: freshUser(),
    data: { cart: '{"items":[1,2]}', step: "3" },
    device: '{"name":"Firefox on Linux"}',
    actor: '{"userId":"staff-1"}',
    createdAt: at - 3 * day,
    authenticatedAt: at - 2 * day,
    lastSeenAt: at - day,
    idleExpiresAt: at + day + 1,
    expiresAt: at + 9 * day + 7,
    persistent: false,
    generation: 12,
    version: 345,
  };
}

export const createCases = [...cases("create", rules), ...cases("create", rulesOfOldTimes, ["sweep"])];
