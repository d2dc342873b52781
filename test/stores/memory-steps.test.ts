import { describe, expect, test } from "vitest";
import { pack } from "../../src/stores/memory/pack.ts";
import { makeRoom, removeAllExpired } from "../../src/stores/memory/room.ts";
import { parcel, Shelf } from "../../src/stores/memory/shelf.ts";
import { none } from "../../src/stores/memory/slots.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { day, newRecord, start } from "./memory-fixtures.ts";

// Steps are counted, not timed: how many places of the deadlines are looked at, and how many sessions removed.
const many = 20_000;
const mostVisits = 4 * Math.ceil(Math.log2(many)) + 8;

function visitsOf(shelf: Shelf, step: () => unknown): number {
  const before = shelf.deadlines.visits;
  step();
  return shelf.deadlines.visits - before;
}

function filled(deadline: (turn: number) => number): Shelf {
  const shelf = new Shelf();
  for (let turn = 0; turn < many; turn++) {
    const idleExpiresAt = deadline(turn);
    const record = newRecord({ idleExpiresAt, expiresAt: idleExpiresAt });
    expect(visitsOf(shelf, () => shelf.add(parcel(record)))).toBeLessThanOrEqual(mostVisits);
  }
  return shelf;
}

const patterns = {
  "all made in one minute": (turn: number) => start + day + (turn % 60_000),
  "all at one instant": () => start + day,
  "each earlier than the last": (turn: number) => start + day - turn,
  "in no order": (turn: number) => start + 1 + ((turn * 7_919) % 50_000),
};

describe.each(Object.entries(patterns))("with twenty thousand sessions, %s", (_, deadline) => {
  test("a removal, a touch and a look for expired ones stay small, until all is gone", () => {
    const shelf = filled(deadline);
    expect(visitsOf(shelf, () => shelf.deadlines.expired(start))).toBeLessThanOrEqual(1);
    for (let turn = 0; turn < 200; turn++) {
      const slot = (turn * 97) % many;
      const record = { ...shelf.read(slot), idleExpiresAt: start + 9 * day + turn, expiresAt: start + 30 * day };
      expect(visitsOf(shelf, () => shelf.replace(slot, parcel(record)))).toBeLessThanOrEqual(mostVisits);
    }
    for (let slot = 0; slot < many; slot += 23) {
      expect(visitsOf(shelf, () => shelf.remove(slot))).toBeLessThanOrEqual(mostVisits);
    }
    let last = 0;
    for (let slot = shelf.deadlines.expired(Infinity); slot !== none; slot = shelf.deadlines.expired(Infinity)) {
      const { idleExpiresAt } = shelf.read(slot);
      expect(idleExpiresAt).toBeGreaterThanOrEqual(last);
      last = idleExpiresAt;
      expect(visitsOf(shelf, () => shelf.remove(slot))).toBeLessThanOrEqual(mostVisits);
    }
    expect(shelf.load).toEqual({ entries: 0, bytes: 0 });
  });
});

test("a flood of anonymous visitors removes one for each that comes, and never looks further", () => {
  const shelf = filled((turn) => start + day + turn);
  const limits = { maxEntries: many, maxBytes: 2 ** 40 };
  for (let turn = 0; turn < 2_000; turn++) {
    const coming = parcel(newRecord());
    const visits = visitsOf(shelf, () => {
      makeRoom(shelf, limits, { entries: 1, bytes: coming.bytes, now: start, keep: none }, "memory");
      shelf.add(coming);
    });
    expect(visits).toBeLessThanOrEqual(2 * mostVisits);
    expect(shelf.load.entries).toBe(many);
  }
});

test("a flood against a store of signed-in sessions costs one look each", () => {
  const shelf = new Shelf();
  for (let turn = 0; turn < 1_000; turn++) shelf.add(parcel(newRecord({ userId: `user-${turn}` })));
  const need = { entries: 1, bytes: 300, now: start, keep: none };
  const refused = () =>
    expect(() => makeRoom(shelf, { maxEntries: 1_000, maxBytes: 2 ** 40 }, need, "memory")).toThrow("full");
  expect(visitsOf(shelf, refused)).toBeLessThanOrEqual(1);
});

test("a sweep removes no more than its limit", () => {
  const shelf = filled((turn) => start + turn);
  const visits = visitsOf(shelf, () => expect(removeAllExpired(shelf, start + day, 100)).toBe(100));
  expect(visits).toBeLessThanOrEqual(100 * (mostVisits + 1));
  expect(shelf.load.entries).toBe(many - 100);
});

test("sessions made and destroyed without end leave nothing behind", () => {
  const shelf = new Shelf();
  const slots = new Set<number>();
  for (let turn = 0; turn < 5_000; turn++) {
    const record = newRecord({ userId: turn % 2 ? `user-${turn}` : null });
    shelf.add(parcel(record));
    slots.add(shelf.slotOf(record.id));
    shelf.remove(shelf.slotOf(record.id));
  }
  expect([...slots]).toEqual([0]);
  expect(shelf.load).toEqual({ entries: 0, bytes: 0 });
  expect(shelf.anonymousLoad).toEqual({ entries: 0, bytes: 0 });
});

test("a small anonymous session is packed into less than two hundred bytes", () => {
  expect(pack(newRecord({ data: { cart: '[{"sku":"course-1","quantity":1}]' } })).length).toBeLessThan(200);
});

test("a thousand sessions of one user are listed and destroyed together", () => {
  const store = memoryStore();
  for (let turn = 0; turn < 1_000; turn++) store.create(newRecord({ userId: "ada" }));
  const kept = store.byUser.list("ada", start)[500]?.id as string;
  expect(store.byUser.destroy("ada", kept)).toHaveLength(999);
  expect(store.byUser.list("ada", start).map(({ id }) => id)).toEqual([kept]);
});
