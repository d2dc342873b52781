import type { SessionRecord } from "../record.ts";
import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord, show } from "./check.ts";
import { applied, byUserOf, refused, type Scene } from "./scene.ts";
import { hostileIds, keyTable, longTexts, naturalKeys, type TextTable, textTable, userTable } from "./text-tables.ts";

const others: Record<string, CaseBody> = {
  "a text of 60 KB is kept": async (scene) => {
    for (const big of longTexts) {
      const record = await scene.stored({ data: { big } });
      await applied(scene, record, { expect: { big }, set: { big: `${big}x` } }, { data: { big: `${big}x` } });
    }
  },

  "a thousand keys are kept, and one of them is changed alone": async (scene) => {
    const data = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, `${at}`]));
    const record = await scene.stored({ data });
    const change = { expect: { key500: "500" }, set: { key500: "changed" }, remove: ["key999"] };
    const { key999: _, ...rest } = data;
    await applied(scene, record, change, { data: { ...rest, key500: "changed" } });
  },

  "keys that objects have by nature are absent until they are set": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    const expect = keyed(naturalKeys, null);
    await refused(scene, record, { expect: keyed(["constructor"], "x") }, "conflict");
    await applied(scene, record, { expect, set: { b: "2" } }, { data: { a: "1", b: "2" } });
  },

  "a key named __proto__ changes no prototype": async (scene) => {
    const data = keyed(["__proto__"], '{"polluted":true}');
    const record = await scene.stored({ data });
    await scene.outcome(record.id, { set: keyed(["__proto__"], '{"polluted":1}') });
    const found: Record<string, string> = (await scene.find(record.id))?.data ?? {};
    equal("the keys found", Object.keys(found), ["__proto__"]);
    equal("a key that was never stored", found.polluted, undefined);
    equal("a key of any other object", keyed<string>([], "").polluted, undefined);
  },

  "device and actor are kept as they are": async (scene) => {
    for (const text of Object.values(textTable).flat()) {
      const record = await scene.stored({ device: text, actor: text });
      sameRecord(`a record whose device and actor are ${show(text)}`, await scene.find(record.id), record);
    }
  },

  "ids that nobody issued are missing, whatever they hold": async ({ store, at, find, outcome, stored }) => {
    const { id } = await stored();
    for (const text of [...hostileIds, `${id} `, `${id}\u0000`, id.slice(1)]) {
      equal(`find of ${show(text)}`, await find(text), null);
      equal(`update of ${show(text)}`, await outcome(text, { set: { a: "1" } }), "missing");
      equal(`destroy of ${show(text)}`, await store.destroy(text), "missing");
    }
    equal("how many of both were found", (await store.find(["__proto__", id], at)).filter(Boolean).length, 1);
  },
};

const usersByNature: Record<string, CaseBody> = {
  "user ids that objects have by nature": async (scene) => {
    for (const userId of naturalKeys) {
      const { id } = await scene.stored({ userId });
      equal(`whether the list of ${show(userId)} has its session`, (await listed(scene, userId)).includes(id), true);
      await scene.store.destroy(id);
      equal("whether it has it after the end", (await listed(scene, userId)).includes(id), false);
    }
  },
};

/** Each text is kept by `create`, kept by `set`, and recognised by `expect`. */
function keepsTexts(list: readonly string[]): CaseBody {
  return async (scene) => {
    for (const text of list) {
      const record = await scene.stored({ data: { created: text, other: "1" } });
      sameRecord(`a record with the text ${show(text)}`, await scene.find(record.id), record);
      const data = { created: text, other: "1", set: text };
      const changed = await applied(scene, record, { expect: { created: text }, set: { set: text } }, { data });
      await refused(scene, changed, { expect: { set: `${text}x` } }, "conflict");
    }
  };
}

/** All keys live beside each other, and each is set, expected and removed without touching another. */
function keepsKeys(list: readonly string[]): CaseBody {
  return async (scene) => {
    let record: SessionRecord = await scene.stored({ data: keyed(list, "created") });
    for (const key of list) {
      const change = { expect: keyed([key], "created"), set: keyed([key], "set") };
      record = await applied(scene, record, change, { data: { ...record.data, ...keyed([key], "set") } });
    }
    for (const [at, key] of list.entries()) {
      const removed = { expect: keyed([key], "set"), remove: [key] };
      record = await applied(scene, record, removed, { data: keyed(list.slice(at + 1), "set") });
    }
    const again = { expect: keyed(list, null), set: keyed(list, "again") };
    await applied(scene, record, again, { data: keyed(list, "again") });
  };
}

/** Each of the users has one session, sees that one only, and loses that one only. */
function keepsUsersApart(names: readonly string[]): CaseBody {
  return async (scene) => {
    const prefix = scene.freshUser();
    const records = [];
    for (const name of names) records.push(await scene.stored({ userId: prefix + name }));
    for (const { id, userId } of records) equal(`the list of ${show(userId)}`, await listed(scene, userId), [id]);
    for (const [at, { id }] of records.entries()) {
      const other = records[(at + 1) % records.length]?.userId ?? "";
      equal(`destroyOne for ${show(other)}`, await byUserOf(scene).destroyOne(other, id), "missing");
    }
    for (const { id, userId } of records) {
      equal(`the ids destroyed for ${show(userId)}`, await byUserOf(scene).destroy(userId ?? ""), [id]);
    }
  };
}

async function listed(scene: Scene, userId: string | null): Promise<string[]> {
  return (await byUserOf(scene).list(userId ?? "", scene.at)).map(({ id }) => id);
}

/** An object with own keys only, `__proto__` included. */
function keyed<T>(list: readonly string[], text: T): Record<string, T> {
  return Object.fromEntries(list.map((key) => [key, text]));
}

function fromTable(table: TextTable, prove: (list: readonly string[]) => CaseBody): Record<string, CaseBody> {
  return Object.fromEntries(Object.entries(table).map(([title, list]) => [title, prove(list)]));
}

export const textCases = [
  ...cases("texts", { ...fromTable(textTable, keepsTexts), ...fromTable(keyTable, keepsKeys), ...others }),
  ...cases("texts", { ...fromTable(userTable, keepsUsersApart), ...usersByNature }, ["byUser"]),
];
