import type { RecordChange } from "../port.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { applied, day, hour, refused } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "a touch that is due moves the idle deadline and raises no version": async (scene) => {
    const record = await scene.stored({ version: 4 });
    const moved = { lastSeenAt: scene.at + hour, idleExpiresAt: scene.at + 8 * day };
    await applied(scene, record, touch(moved, scene.at + 1), { ...moved, version: 4 }, scene.at + hour);
  },

  "a touch that is not due writes nothing and is no error": async (scene) => {
    const record = await scene.stored();
    const moved = { lastSeenAt: scene.at + hour, idleExpiresAt: scene.at + 8 * day };
    await applied(scene, record, touch(moved, scene.at - hour), { version: record.version });
  },

  "a record last seen exactly at the threshold is not touched": async (scene) => {
    const record = await scene.stored();
    const moved = { lastSeenAt: scene.at + hour, idleExpiresAt: scene.at + 8 * day };
    await applied(scene, record, touch(moved, record.lastSeenAt), { version: record.version });
  },

  "a second touch with the same threshold changes nothing": async (scene) => {
    const record = await scene.stored();
    const first = { lastSeenAt: scene.at + hour, idleExpiresAt: scene.at + 8 * day };
    const second = { lastSeenAt: scene.at + 2 * hour, idleExpiresAt: scene.at + 9 * day };
    await applied(scene, record, touch(first, scene.at + 1), { ...first, version: record.version });
    await applied(scene, record, touch(second, scene.at + 1), { ...first, version: record.version });
  },

  "the rest of a change is applied whether its touch is due or not": async (scene) => {
    const record = await scene.stored();
    const moved = { lastSeenAt: scene.at + hour, idleExpiresAt: scene.at + 8 * day };
    const idle = { set: { a: "1" }, ...touch(moved, scene.at) };
    const changed = await applied(scene, record, idle, { data: { a: "1" } });
    const due = { set: { a: "2" }, ...touch(moved, scene.at + 1) };
    await applied(scene, changed, due, { data: { a: "2" }, ...moved });
  },

  "a touch of another generation is turned away": async (scene) => {
    const record = await scene.stored({ generation: 2 });
    const moved = { lastSeenAt: scene.at + hour, idleExpiresAt: scene.at + 8 * day };
    await refused(scene, record, { generation: 1, ...touch(moved, scene.at + 1) }, "replaced");
  },

  "a touch at the deadline comes too late": async (scene) => {
    const record = await scene.stored();
    const now = record.idleExpiresAt;
    await refused(scene, record, touch({ lastSeenAt: now, idleExpiresAt: now + day }, now), "missing", now);
  },

  "a touched record lives until its new deadline and no longer": async ({ at, stored, outcome, find }) => {
    const record = await stored({ idleExpiresAt: at + hour });
    const moved = { lastSeenAt: at + 1, idleExpiresAt: at + 2 * hour };
    await outcome(record.id, touch(moved, at + 1), at + 1);
    const change = { set: { a: "1" } };
    equal("an update past the old deadline", await outcome(record.id, change, at + hour), "updated");
    equal("an update at the new deadline", await outcome(record.id, change, at + 2 * hour), "missing");
    const expected = { ...record, ...moved, data: { a: "1" }, version: 2 };
    sameRecord("the record afterwards", await find(record.id), expected);
  },
};

function touch(moved: { lastSeenAt: number; idleExpiresAt: number }, ifSeenBefore: number): RecordChange {
  return { touch: { ...moved, ifSeenBefore } };
}

export const touchCases = cases("touch", rules);
