import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { atOnce, day } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "an id without a record is answered with null": async ({ store, at, freshId }) => {
    equal("the answer for an unknown id", await store.find([freshId()], at), [null]);
  },

  "no ids are answered with an empty list": async ({ store, at }) => {
    equal("the answer for no ids", await store.find([], at), []);
  },

  "answers come in the order of the ids, with null in the gaps": async ({ store, at, stored, freshId }) => {
    const ids = [await stored(), await stored(), await stored()]
      .map((record) => record.id)
      .sort()
      .reverse();
    const [last = "", middle = "", first = ""] = ids;
    const asked = [middle, freshId(), last, first, freshId()];
    const answers = await store.find(asked, at);
    equal(
      "the ids answered",
      answers.map((answer) => answer?.id ?? null),
      [middle, null, last, first, null],
    );
  },

  "a hundred ids are answered at once": async ({ store, at, stored, freshId }) => {
    const ids = await atOnce(100, async (turn) => (turn % 3 === 0 ? freshId() : (await stored()).id));
    const answers = await store.find(ids, at);
    equal(
      "the ids answered",
      answers.map((answer) => answer?.id ?? null),
      ids.map((id, turn) => (turn % 3 === 0 ? null : id)),
    );
  },

  "an id that is asked for twice is answered twice": async ({ store, at, stored }) => {
    const { id } = await stored();
    const answers = await store.find([id, id], at);
    equal(
      "the ids answered",
      answers.map((answer) => answer?.id),
      [id, id],
    );
  },

  "ids that differ in case only are different ids": async ({ stored, record, find, store, at }) => {
    const lower = await stored({ id: record().id.toLowerCase() });
    const upper = record({ id: lower.id.toUpperCase() });
    equal("a find of the id in capitals", await find(upper.id), null);
    equal("a create of the id in capitals", await store.create(upper), "created");
    equal("an update of it", (await store.update(upper.id, { set: { a: "1" } }, at)).outcome, "updated");
    sameRecord("the record of the id in small letters", await find(lower.id), lower);
  },

  "an expired record is given while its row exists": async ({ stored, find }) => {
    const record = await stored();
    sameRecord("find at the idle deadline", await find(record.id, record.idleExpiresAt), record);
    sameRecord("find long after both deadlines", await find(record.id, record.expiresAt + 365 * day), record);
  },

  "it never writes, not even where a record is expired": async ({ stored, find, outcome }) => {
    const record = await stored();
    await find(record.id, record.expiresAt + day);
    sameRecord("find after an earlier find past the deadline", await find(record.id), record);
    equal("an update at an instant before the deadline", await outcome(record.id, { set: { a: "1" } }), "updated");
  },

  "it does not count as activity": async ({ stored, find, at }) => {
    const record = await stored();
    await find(record.id, at + day);
    sameRecord("the record after it was found a day later", await find(record.id), record);
  },
};

export const findCases = cases("find", rules);
