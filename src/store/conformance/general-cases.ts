import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { applied, day, hour, refused, type Scene } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "the store has a name": async ({ store }) => {
    equal("whether the name is a text that is not empty", typeof store.name === "string" && store.name !== "", true);
  },

  "methods use no this": async ({ store, at, record, freshDigest }) => {
    const { find, create, update, destroy } = store;
    const made = record();
    equal("a create without this", await create(made), "created");
    equal("an update without this", (await update(made.id, { set: { a: "1" } }, at)).outcome, "updated");
    equal("how many records a find without this gave", (await find([made.id, freshDigest()], at)).length, 2);
    equal("a destroy without this", await destroy(made.id), "destroyed");
  },

  "expiry goes by the instant passed in, in the far future too": async (scene) => {
    const future = scene.at + 36_500 * day;
    const record = await scene.stored(livingAt(future));
    await refused(scene, record, { set: { a: "1" } }, "missing", record.idleExpiresAt);
    await applied(scene, record, { set: { a: "1" } }, { data: { a: "1" } }, future);
  },
};

// A store that lets records expire by the real clock has no `sweep`, and may lose these at once.
const rulesOfOldTimes: Record<string, CaseBody> = {
  "a record that lives at the instant passed in is changed, however long ago that was": async (scene) => {
    const record = await scene.stored(livingAt(scene.longAgo));
    await applied(scene, record, { set: { a: "1" } }, { data: { a: "1" } }, scene.longAgo);
  },

  "a record whose deadlines are long past by the real clock is still found": async ({ longAgo, stored, find }) => {
    const record = await stored(livingAt(longAgo));
    sameRecord("a record of 1971", await find(record.id, longAgo), record);
  },
};

function livingAt(
  now: number,
): Pick<Awaited<ReturnType<Scene["stored"]>>, "createdAt" | "lastSeenAt" | "idleExpiresAt" | "expiresAt"> {
  return { createdAt: now - hour, lastSeenAt: now - hour, idleExpiresAt: now + hour, expiresAt: now + day };
}

export const generalCases = [...cases("general", rules), ...cases("general", rulesOfOldTimes, ["sweep"])];
