import { describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/store/port.ts";
import { shareMemoryStore } from "../../src/stores/memory/shared.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { newRecord, start } from "./memory-fixtures.ts";

type Copy = Pick<typeof import("../../src/stores/memory.ts"), "memoryStore"> &
  Pick<typeof import("../../src/stores/memory/shared.ts"), "shareMemoryStore">;

// A query makes the loader evaluate the module again, as a bundler does that packs it into two layers.
async function copyOfThePackage(number: number): Promise<Copy> {
  const load = (file: string) => import(/* @vite-ignore */ `../../src/stores/${file}.ts?copy=${number}`);
  return { ...(await load("memory")), ...(await load("memory/shared")) };
}

let keys = 0;
const freshKey = () => `test-${keys++}`;

describe("two copies of the package", async () => {
  const [one, other] = [await copyOfThePackage(1), await copyOfThePackage(2)];

  test("are not the same code", () => {
    expect(one.memoryStore).not.toBe(other.memoryStore);
    expect(one.shareMemoryStore).not.toBe(other.shareMemoryStore);
  });

  test("read and write one store once it is shared under one key", () => {
    const key = freshKey();
    const [first, second] = [one.memoryStore(), other.memoryStore()];
    one.shareMemoryStore(first, key);
    other.shareMemoryStore(second, key);
    const record = newRecord({ userId: "ada" });
    expect(second.create(record)).toBe("created");
    expect(first.create(record)).toBe("exists");
    expect(first.update(record.id, { set: { a: "1" } }, start).outcome).toBe("updated");
    expect(second.find([record.id], start)[0]?.data).toEqual({ a: "1" });
    expect(second.byUser.list("ada", start)).toEqual(first.byUser.list("ada", start));
    expect(second.byUser.destroy("ada")).toEqual([record.id]);
    expect(first.destroy(record.id)).toBe("missing");
    second.create(record);
    expect(first.sweep(record.expiresAt, 9)).toBe(1);
  });

  test("keep apart what has different keys, or was not shared", () => {
    const [first, second, alone] = [one.memoryStore(), other.memoryStore(), memoryStore()];
    one.shareMemoryStore(first, freshKey());
    other.shareMemoryStore(second, freshKey());
    const record = newRecord();
    first.create(record);
    expect([second.find([record.id], start), alone.find([record.id], start)]).toEqual([[null], [null]]);
  });
});

test("a module evaluated again with other limits joins the first store and its limits", () => {
  const key = freshKey();
  const [first, again] = [memoryStore({ maxEntries: 2 }), memoryStore({ maxEntries: 1 })];
  shareMemoryStore(first, key);
  shareMemoryStore(again, key);
  const records = [newRecord(), newRecord()];
  for (const record of records) again.create(record);
  for (const record of records) expect(first.find([record.id], start)).toEqual([record]);
});

test("a wrapper is left alone, and one around a shared store goes along with it", () => {
  const key = freshKey();
  const first = memoryStore();
  shareMemoryStore(first, key);
  const inner = memoryStore();
  let finds = 0;
  const counted: SessionStore["find"] = (ids, now) => {
    finds++;
    return inner.find(ids, now);
  };
  const wrapper: SessionStore = { ...inner, find: counted };
  shareMemoryStore(wrapper, key);
  const record = newRecord();
  first.create(record);
  expect(wrapper.find([record.id], start)).toEqual([null]);
  shareMemoryStore(inner, key);
  expect(wrapper.find([record.id], start)).toEqual([record]);
  expect(finds).toBe(2);
});

test("a store of another kind is left alone", () => {
  const key = freshKey();
  shareMemoryStore(memoryStore(), key);
  const { find, create, update, destroy } = memoryStore();
  const other: SessionStore = Object.freeze({ name: "other", find, create, update, destroy });
  shareMemoryStore(other, key);
  const record = newRecord();
  expect(other.create(record)).toBe("created");
  expect(find([record.id], start)).toEqual([record]);
});

test("sharing twice, and under two keys crosswise, never makes a circle", () => {
  const [key, second] = [freshKey(), freshKey()];
  const [a, b, c] = [memoryStore(), memoryStore(), memoryStore()];
  shareMemoryStore(a, key);
  shareMemoryStore(a, key);
  shareMemoryStore(a, second);
  shareMemoryStore(b, second);
  shareMemoryStore(b, key);
  shareMemoryStore(a, second);
  shareMemoryStore(c, key);
  const record = newRecord();
  expect(c.create(record)).toBe("created");
  for (const store of [a, b, c]) expect(store.find([record.id], start)).toEqual([record]);
});

test("two stores that are each the first of a key stay what they are, whatever they are shared under next", () => {
  const [key, second] = [freshKey(), freshKey()];
  const [a, b] = [memoryStore(), memoryStore()];
  shareMemoryStore(a, key);
  shareMemoryStore(b, second);
  shareMemoryStore(a, second);
  shareMemoryStore(b, key);
  const record = newRecord();
  expect([a.create(record), b.create(record)]).toEqual(["created", "created"]);
});

test("the hook does not show", () => {
  const store = memoryStore();
  expect(Object.getOwnPropertySymbols({ ...store })).toEqual([]);
  expect(Object.keys(store).sort()).toEqual(["byUser", "create", "destroy", "find", "name", "sweep", "update"]);
});
