import { describe, expect, it } from "vitest";
import { newRecord } from "../../src/core/lifecycle.ts";
import type { SessionRecord } from "../../src/store/record.ts";
import { Copies } from "../../src/stores/cached/copies.ts";

const ttl = 5_000;
const start = 1_000_000;

function recordOf(id: string, parts: Partial<SessionRecord> = {}): SessionRecord {
  const session = { id, digest: `digest of ${id}`, userId: null, data: {}, persistent: true, device: null };
  return { ...newRecord(session, { idle: 1e6, absolute: 1e7 }, start), ...parts };
}

/** Copies that have read these records at `start`. */
function holding(records: readonly SessionRecord[], maxBytes = 1e6): Copies {
  const copies = new Copies(ttl, maxBytes);
  for (const record of records) copies.endRead(copies.beginRead([record.id], start), [record]);
  return copies;
}

const idsIn = (copies: Copies, ids: readonly string[], now = start) => ids.filter((id) => copies.take(id, now));

describe("how old a copy may be", () => {
  it("counts from the instant the read was sent, and ends at equality", () => {
    const copies = holding([recordOf("a")]);
    expect(copies.take("a", start + ttl - 1)?.id).toBe("a");
    expect(copies.take("a", start + ttl)).toBeNull();
    expect(copies.bytes).toBe(0);
  });

  it("a clock that was set back makes no copy young again", () => {
    const copies = holding([recordOf("a")]);
    expect(copies.take("a", start + 4_000)).not.toBeNull();
    expect(copies.take("a", start + 1_000)).toBeNull();
    expect(copies.take("a", start + 4_000)).toBeNull();
  });

  it("of two reads the one that was sent later counts, whichever answers first", () => {
    const copies = new Copies(ttl, 1e6);
    const early = copies.beginRead(["a"], start);
    const late = copies.beginRead(["a"], start + 10);
    copies.endRead(late, [recordOf("a", { version: 2 })]);
    copies.endRead(early, [recordOf("a", { version: 1 })]);
    expect(copies.take("a", start + 10)?.version).toBe(2);
  });

  it("a ttl of 0 keeps nothing", () => {
    const copies = new Copies(0, 1e6);
    copies.endRead(copies.beginRead(["a"], start), [recordOf("a")]);
    expect(copies.bytes).toBe(0);
  });
});

describe("what is kept", () => {
  it("is a copy of its own, that nobody can change", () => {
    const found = recordOf("a", { data: { cart: "1" } });
    const copies = holding([found]);
    Object.assign(found.data, { cart: "2" });
    const copy = copies.take("a", start);
    expect(copy?.data).toEqual({ cart: "1" });
    expect(() => Object.assign(copy?.data ?? {}, { cart: "3" })).toThrow(TypeError);
  });

  it("is nothing that is missing or cannot be read, and what was kept goes when it is missing", () => {
    const copies = holding([recordOf("a"), recordOf("b")]);
    copies.endRead(copies.beginRead(["a", "b", "c"], start), [null, { id: "b", corrupt: "torn" }, null]);
    expect(idsIn(copies, ["a", "b", "c"])).toEqual([]);
    expect(copies.bytes).toBe(0);
  });

  it("takes at most maxBytes; the ones used longest ago make way", () => {
    const each = holding([recordOf("a")]).bytes;
    const copies = holding([recordOf("a"), recordOf("b"), recordOf("c")], 3 * each);
    copies.take("a", start);
    copies.endRead(copies.beginRead(["d"], start), [recordOf("d")]);
    expect(idsIn(copies, ["a", "b", "c", "d"])).toEqual(["a", "c", "d"]);
    expect(copies.bytes).toBe(3 * each);
  });

  it("does not include a record larger than maxBytes, which pushes nobody out", () => {
    const each = holding([recordOf("a")]).bytes;
    const copies = holding([recordOf("a"), recordOf("b", { data: { big: "x".repeat(10_000) } })], 2 * each);
    expect(idsIn(copies, ["a", "b"])).toEqual(["a"]);
  });

  it("is reckoned anew when a record grows", () => {
    const copies = holding([recordOf("a"), recordOf("a", { data: { big: "x".repeat(10_000) } })]);
    expect(copies.bytes).toBeGreaterThan(20_000);
    expect(copies.bytes).toBeLessThan(25_000);
  });
});

describe("what was read before a change", () => {
  it("is not kept when its id was dropped meanwhile; the others of the same read are", () => {
    const copies = new Copies(ttl, 1e6);
    const reading = copies.beginRead(["a", "b"], start);
    copies.drop(["a"]);
    copies.endRead(reading, [recordOf("a"), recordOf("b")]);
    expect(idsIn(copies, ["a", "b"])).toEqual(["b"]);
  });

  it("is not kept when everything was forgotten meanwhile", () => {
    const copies = new Copies(ttl, 1e6);
    const reading = copies.beginRead(["a"], start);
    copies.clear();
    copies.endRead(reading, [recordOf("a")]);
    expect(idsIn(copies, ["a"])).toEqual([]);
  });

  it("does not spoil a read that was sent after the change", () => {
    const copies = new Copies(ttl, 1e6);
    const before = copies.beginRead(["a"], start);
    copies.drop(["a"]);
    const after = copies.beginRead(["a"], start + 1);
    copies.endRead(before, [recordOf("a", { version: 1 })]);
    expect(copies.take("a", start + 1)).toBeNull();
    copies.endRead(after, [recordOf("a", { version: 2 })]);
    expect(copies.take("a", start + 1)?.version).toBe(2);
  });

  it("nothing is kept that is read while a change is on its way, until the last of them has ended", () => {
    const copies = holding([recordOf("a")]);
    copies.beginChange("a");
    copies.beginChange("a");
    copies.endChange("a");
    copies.endRead(copies.beginRead(["a"], start), [recordOf("a")]);
    expect(idsIn(copies, ["a"])).toEqual([]);
    copies.endChange("a");
    copies.endRead(copies.beginRead(["a"], start), [recordOf("a")]);
    expect(idsIn(copies, ["a"])).toEqual(["a"]);
  });

  it("is not kept when it was read while the change was on its way, and is answered after that", () => {
    const copies = new Copies(ttl, 1e6);
    copies.beginChange("a");
    const reading = copies.beginRead(["a"], start);
    copies.endChange("a");
    copies.endRead(reading, [recordOf("a")]);
    expect(idsIn(copies, ["a"])).toEqual([]);
  });

  it("of one user is forgotten with what is being read, but for the one session", () => {
    const copies = holding([recordOf("a", { userId: "u1" }), recordOf("b", { userId: "u1" }), recordOf("c")]);
    const reading = copies.beginRead(["d"], start);
    expect(copies.dropUser("u1", "b")).toEqual(["a"]);
    copies.endRead(reading, [recordOf("d", { userId: "u1" })]);
    expect(idsIn(copies, ["a", "b", "c", "d"])).toEqual(["b", "c"]);
  });
});
