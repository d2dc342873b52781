import { describe, expect, test } from "vitest";
import { isSessionError, type SessionError } from "../../src/errors.ts";
import { keptKey, type SessionRecord } from "../../src/store/record.ts";
import { type MemoryStore, memoryStore } from "../../src/stores/memory.ts";
import { day, fakeTimers, newRecord, start } from "./memory-fixtures.ts";

/** The ids of those of the records that are still there. */
const living = (store: MemoryStore, records: readonly SessionRecord[]) =>
  idsOf(records).filter((id) => store.find([id], start)[0] !== null);
const idsOf = (records: readonly SessionRecord[]) => records.map(({ id }) => id);

describe("options", () => {
  test("every problem is named at once", () => {
    const wrong = { maxEntries: 0, maxBytes: 1.5, name: "", runtime: {}, maxSize: 3 } as never;
    expect(() => memoryStore(wrong)).toThrow(/maxSize.*maxEntries.*maxBytes.*name.*runtime/);
    expect(codeOf(() => memoryStore(wrong))).toBe("CONFIG_INVALID");
  });

  test.each([-1, 0, 0.5, Number.NaN, Infinity, "10", null, 2 ** 40])("maxEntries %s is refused", (maxEntries) => {
    expect(codeOf(() => memoryStore({ maxEntries } as never))).toBe("CONFIG_INVALID");
  });

  test("an option that is undefined has its default", () => {
    expect(memoryStore({ name: undefined, maxEntries: undefined } as never).name).toBe("memory");
  });

  test("the name is that of the store and of its errors", () => {
    const store = memoryStore({ name: "carts", maxBytes: 1 });
    expect(store.name).toBe("carts");
    expect(() => store.create(newRecord())).toThrow('"carts" is full');
  });
});

describe("isolation", () => {
  test("a record changed after it was created or found changes nothing", () => {
    const store = memoryStore();
    const data: Record<string, string> = { cart: "[1]" };
    const given = { ...newRecord({ data }) };
    store.create(given);
    data.cart = "changed";
    given.digest = "changed";
    const found = store.find([given.id], start)[0] as { digest: string; data: Record<string, string> };
    found.digest = "changed";
    found.data.cart = "changed";
    expect(store.find([given.id], start)[0]).toMatchObject({ digest: "d".repeat(43), data: { cart: "[1]" } });
  });

  test("what an update answers, and what it was given, is not what is kept", () => {
    const store = memoryStore();
    const { id } = newRecord();
    store.create(newRecord({ id }));
    const set: Record<string, string> = { a: "1" };
    const result = store.update(id, { set }, start);
    set.a = "changed";
    if (result.outcome === "updated") (result.record.data as Record<string, string>).a = "changed";
    expect(store.find([id], start)[0]?.data).toEqual({ a: "1" });
  });

  test("a record is a plain object whose fields survive a spread", () => {
    const store = memoryStore();
    const record = newRecord({ userId: "ada", data: { a: "1" } });
    store.create(record);
    expect({ ...store.find([record.id], start)[0] }).toEqual(record);
  });

  test("methods taken from the store work without it", () => {
    const { find, create, byUser } = { ...memoryStore() };
    const { list } = byUser;
    const record = newRecord({ userId: "ada" });
    expect(create(record)).toBe("created");
    expect(find([record.id], start)).toEqual(list("ada", start));
  });

  test("keys that objects have by nature are keys like any other", () => {
    const store = memoryStore();
    const data = JSON.parse('{"__proto__":"1","constructor":"2","7":"3"}');
    const record = newRecord({ data });
    store.create(record);
    const found = store.find([record.id], start)[0];
    expect(Object.keys(found?.data ?? {}).sort()).toEqual(["7", "__proto__", "constructor"]);
    expect(Object.values(found?.data ?? {}).sort()).toEqual(["1", "2", "3"]);
    const bare = newRecord();
    store.create(bare);
    expect(store.find([bare.id], start)[0]?.data.constructor).toBeUndefined();
  });
});

describe("when it is full", () => {
  test("the anonymous session used longest ago makes way, one for one", () => {
    const store = memoryStore({ maxEntries: 3 });
    const [a, b, c, d, e] = fiveAnonymous();
    for (const record of [a, b, c]) store.create(record);
    store.update(a.id, { set: { cart: "[]" } }, start);
    store.create(d);
    expect(living(store, [a, b, c, d])).toEqual([a.id, c.id, d.id]);
    const touch = { lastSeenAt: start + 1, idleExpiresAt: start + 2 * day, ifSeenBefore: start + 1 };
    store.update(c.id, { touch }, start);
    store.create(e);
    expect(living(store, [a, c, d, e])).toEqual([c.id, d.id, e.id]);
  });

  test("expired sessions make way before any living one, signed in or not", () => {
    const store = memoryStore({ maxEntries: 3 });
    const ended = newRecord({ userId: "ada", idleExpiresAt: start + 1 });
    const [a, b, c] = fiveAnonymous();
    for (const record of [a, ended, b]) store.create(record);
    store.create({ ...c, createdAt: start + 1 });
    expect(living(store, [a, b, c, ended])).toEqual([a.id, b.id, c.id]);
  });

  test("a signed-in session never makes way for an anonymous one, nor for another signed-in one", () => {
    const store = memoryStore({ maxEntries: 2 });
    const signedIn = [newRecord({ userId: "ada" }), newRecord({ userId: "bob" })];
    for (const record of signedIn) store.create(record);
    expect(codeOf(() => store.create(newRecord()))).toBe("STORE_FULL");
    expect(codeOf(() => store.create(newRecord({ userId: "eve" })))).toBe("STORE_FULL");
    expect(living(store, signedIn)).toHaveLength(2);
  });

  test("G2 what is the engine's own never makes way, and no user's list shows it", () => {
    const store = memoryStore({ maxEntries: 3 });
    const own = newRecord({ data: { [keptKey]: "which tokens were revoked" } });
    store.create(own);
    store.update(own.id, { set: { [keptKey]: "and more" } }, start);
    const strangers = fiveAnonymous();
    for (const record of strangers) store.create(record);
    expect(living(store, [own, ...strangers])).toEqual([own.id, strangers[3].id, strangers[4].id]);
    expect(store.destroy(own.id)).toBe("destroyed");
    for (const record of [own, newRecord({ userId: "ada" }), newRecord({ userId: "ada" })]) store.create(record);
    expect(codeOf(() => store.create(newRecord()))).toBe("STORE_FULL");
    expect(living(store, [own])).toEqual([own.id]);
    expect(store.byUser.list("ada", start)).toHaveLength(2);
  });

  test("the error says how full, and what to do", () => {
    const store = memoryStore({ maxEntries: 1 });
    store.create(newRecord({ userId: "ada" }));
    const error = thrownBy(() => store.create(newRecord()));
    expect(error.message).toMatch(/1 of 1 sessions/);
    expect(error.hint).toMatch(/maxEntries.*sqliteStore/);
    expect(error.message).not.toContain("ada");
  });

  test("a session that signed in is safe from then on, and one that signed out is not", () => {
    const store = memoryStore({ maxEntries: 2 });
    const [a, b, c, d] = fiveAnonymous();
    store.create(a);
    store.create(b);
    store.update(a.id, { fields: { userId: "ada" } }, start);
    store.create(c);
    expect(living(store, [a, b, c])).toEqual([a.id, c.id]);
    store.update(a.id, { fields: { userId: null } }, start);
    store.create(d);
    store.create(newRecord());
    expect(living(store, [a, c, d])).toEqual([d.id]);
  });

  test("bytes count like entries: many small ones make way for a large one", () => {
    const store = memoryStore({ maxBytes: 10_000 });
    const small = Array.from({ length: 30 }, () => newRecord());
    for (const record of small) store.create(record);
    const large = newRecord({ data: { page: "x".repeat(5_000) } });
    store.create(large);
    const left = living(store, small);
    expect(left.length).toBeLessThan(25);
    expect(left).toEqual(idsOf(small.slice(-left.length)));
    expect(living(store, [large])).toEqual([large.id]);
  });

  test("a text beyond Latin-1 counts twice", () => {
    const store = memoryStore({ maxBytes: 3_000 });
    expect(store.create(newRecord({ data: { page: "é".repeat(2_000) } }))).toBe("created");
    expect(codeOf(() => store.create(newRecord({ data: { page: "漢".repeat(2_000) } })))).toBe("STORE_FULL");
  });

  test("what could never fit drives nothing out", () => {
    const store = memoryStore({ maxBytes: 10_000 });
    const small = Array.from({ length: 10 }, () => newRecord());
    for (const record of small) store.create(record);
    expect(codeOf(() => store.create(newRecord({ data: { page: "x".repeat(20_000) } })))).toBe("STORE_FULL");
    expect(living(store, small)).toHaveLength(10);
  });

  test("an update that grows makes others go, never its own session", () => {
    const store = memoryStore({ maxBytes: 3_000 });
    const [a, b] = fiveAnonymous();
    store.create(a);
    store.create(b);
    store.update(a.id, { set: { page: "x".repeat(2_600) } }, start);
    expect(living(store, [a, b])).toEqual([a.id]);
  });

  test("an update that cannot fit changes nothing, and one that shrinks always can", () => {
    const store = memoryStore({ maxBytes: 3_000 });
    const record = newRecord({ userId: "ada", data: { page: "x".repeat(2_000) } });
    store.create(record);
    expect(codeOf(() => store.update(record.id, { set: { page: "x".repeat(9_000) } }, start))).toBe("STORE_FULL");
    expect(store.find([record.id], start)).toEqual([record]);
    expect(store.update(record.id, { remove: ["page"] }, start).outcome).toBe("updated");
    expect(store.create(newRecord({ userId: "bob", data: { page: "x".repeat(2_000) } }))).toBe("created");
  });

  test("a refused create of an id that exists drives nothing out", () => {
    const store = memoryStore({ maxEntries: 2 });
    const [a, b] = fiveAnonymous();
    store.create(a);
    store.create(b);
    expect(store.create({ ...a })).toBe("exists");
    expect(living(store, [a, b])).toHaveLength(2);
  });
});

describe("expiry", () => {
  test("without any timer each create removes two expired sessions, the longest expired first", () => {
    const store = memoryStore({ runtime: { now: () => start, background: () => () => undefined } });
    const ended = [3, 1, 2].map((at) => newRecord({ idleExpiresAt: start + at }));
    for (const record of ended) store.create(record);
    store.create(newRecord({ createdAt: start + day }));
    expect(living(store, ended)).toEqual([ended[0]?.id]);
    store.create(newRecord({ createdAt: start + day }));
    expect(living(store, ended)).toEqual([]);
  });

  test("timers remove them a hundred a turn, at once again while behind, and rest otherwise", () => {
    const { runtime, next, set } = fakeTimers();
    const store = memoryStore({ runtime });
    const ended = Array.from({ length: 250 }, () => newRecord({ idleExpiresAt: start + 1 }));
    for (const record of ended) store.create(record);
    const kept = newRecord();
    store.create(kept);
    set(start + 1);
    const turns = [1, 2, 3, 4].map(() => ({ waited: next(), left: living(store, ended).length }));
    expect(turns.map(({ left }) => left)).toEqual([150, 50, 0, 0]);
    expect(turns[1]?.waited).toBeLessThan(50);
    expect(turns[3]?.waited).toBeGreaterThan(1_000);
    expect(living(store, [kept])).toEqual([kept.id]);
  });

  test("an empty store has no timer, and one with sessions has exactly one", () => {
    const { runtime, waiting, next } = fakeTimers();
    const store = memoryStore({ runtime });
    expect(waiting).toHaveLength(0);
    const [a, b] = fiveAnonymous();
    store.create(a);
    store.create(b);
    expect(waiting).toHaveLength(1);
    store.destroy(a.id);
    store.destroy(b.id);
    next();
    expect(waiting).toHaveLength(0);
    store.create(a);
    expect(waiting).toHaveLength(1);
  });

  test("a touch moves the deadline that sweep goes by", () => {
    const store = memoryStore();
    const records = [1, 2, 3].map((days) => newRecord({ idleExpiresAt: start + days * day }));
    for (const record of records) store.create(record);
    const touch = { lastSeenAt: start + 9, idleExpiresAt: start + 8 * day, ifSeenBefore: start + 9 };
    store.update(records[0]?.id ?? "", { touch }, start + 9);
    expect([1, 9, 9].map((limit) => store.sweep(start + 5 * day, limit))).toEqual([1, 1, 0]);
    expect(living(store, records)).toEqual([records[0]?.id]);
  });
});

function fiveAnonymous() {
  return [newRecord(), newRecord(), newRecord(), newRecord(), newRecord()] as const;
}

function thrownBy(call: () => unknown): SessionError {
  try {
    call();
  } catch (error) {
    if (isSessionError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const codeOf = (call: () => unknown): string => thrownBy(call).code;
