import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyChange } from "../../src/store/apply-change.ts";
import type { RecordChange } from "../../src/store/port.ts";
import { isExpired, type SessionRecord } from "../../src/store/record.ts";
import type { Limits } from "../../src/stores/memory/room.ts";
import { parcel } from "../../src/stores/memory/shelf.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { newRecord, start } from "./memory-fixtures.ts";

// The model is what the store would be if neither speed nor memory mattered: a list in the order of last use.
function modelStore(limits: Limits) {
  let records: SessionRecord[] = [];
  const at = (id: string) => records.find((record) => record.id === id) ?? null;
  const drop = (gone: SessionRecord) => {
    records = records.filter((record) => record !== gone);
  };
  const firstExpired = (now: number) =>
    records.filter((record) => isExpired(record, now)).sort((left, right) => endOf(left) - endOf(right))[0];

  function removeExpired(now: number, limit: number): number {
    for (let removed = 0; removed < limit; removed++) {
      const gone = firstExpired(now);
      if (!gone) return removed;
      drop(gone);
    }
    return limit;
  }

  function fits(others: readonly SessionRecord[], next: SessionRecord): boolean {
    const all = [...others, next];
    return (
      all.length <= limits.maxEntries && all.reduce((sum, record) => sum + parcel(record).bytes, 0) <= limits.maxBytes
    );
  }

  function put(next: SessionRecord, now: number): boolean {
    const others = () => records.filter(({ id }) => id !== next.id);
    while (!fits(others(), next) && removeExpired(now, 1) === 1);
    if (
      !fits(
        others().filter(({ userId }) => userId !== null),
        next,
      )
    )
      return false;
    while (!fits(others(), next)) drop(others().find(({ userId }) => userId === null) as SessionRecord);
    records = [...others(), next];
    return true;
  }

  return {
    find: at,
    all: () => records,
    list: (userId: string) => records.filter((record) => record.userId === userId),
    create(record: SessionRecord) {
      if (at(record.id)) return "exists";
      removeExpired(record.createdAt, 2);
      return put(record, record.createdAt) ? "created" : "STORE_FULL";
    },
    update(id: string, change: RecordChange, now: number) {
      const before = at(id);
      const { result, write } = applyChange(before, change, now);
      if (!write || !before) return result;
      if (parcel(write).bytes > parcel(before).bytes) return put(write, now) ? result : "STORE_FULL";
      drop(before);
      records.push(write);
      return result;
    },
    destroy(id: string, generation?: number) {
      const record = at(id);
      if (!record) return "missing";
      if (generation !== undefined && record.generation !== generation) return "replaced";
      drop(record);
      return "destroyed";
    },
    destroyUser(userId: string, except: string) {
      const gone = records.filter((record) => record.userId === userId && record.id !== except);
      for (const record of gone) drop(record);
      return gone.map(({ id }) => id).sort();
    },
    destroyOne(userId: string, id: string) {
      const record = at(id);
      if (record?.userId !== userId) return "missing";
      drop(record);
      return "destroyed";
    },
    sweep: removeExpired,
  };
}

const endOf = (record: SessionRecord) => Math.min(record.idleExpiresAt, record.expiresAt);

const id = fc.integer({ min: 0, max: 11 }).map((number) => `id-${number}`);
const userId = fc.constantFrom(null, null, "ada", "bob", "ø-漢");
const text = fc.oneof(
  fc.constantFrom('"1"', "[]", '"漢"'),
  fc.nat(300).map((length) => "x".repeat(length)),
);
const data = fc.dictionary(fc.constantFrom("cart", "step", "__proto__", "7"), text, { maxKeys: 3 });
const elapsed = fc.nat(200);
const life = fc.nat(600);

const operation = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), id, userId, data, life, elapsed }),
  fc.record({
    kind: fc.constant("update" as const),
    id,
    data,
    elapsed,
    userId: fc.option(userId, { nil: undefined }),
    clear: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("touch" as const), id, life, elapsed }),
  fc.record({ kind: fc.constant("destroy" as const), id, generation: fc.constantFrom(undefined, 0, 1) }),
  fc.record({ kind: fc.constant("destroyUser" as const), userId: fc.constantFrom("ada", "ø-漢"), id }),
  fc.record({ kind: fc.constant("destroyOne" as const), userId: fc.constantFrom("ada", "ø-漢"), id }),
  fc.record({ kind: fc.constant("sweep" as const), elapsed, limit: fc.nat(3) }),
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function runBoth(limits: Limits, operations: readonly Operation[]) {
  const store = memoryStore({ ...limits, runtime: { now: () => start, background: () => () => undefined } });
  const model = modelStore(limits);
  let now = start;
  let turn = 0;

  function answers(operation: Operation): readonly [unknown, unknown] {
    if ("elapsed" in operation) now += operation.elapsed * 1_000;
    // No two deadlines are alike, so that the order of expiry is certain.
    const endsAt = (life: number) => now + life * 1_000 + ++turn;
    switch (operation.kind) {
      case "create": {
        const { id, userId, data } = operation;
        const idleExpiresAt = endsAt(operation.life);
        const instants = { createdAt: now, lastSeenAt: now, idleExpiresAt, expiresAt: idleExpiresAt + 400_000 };
        const record = newRecord({ id, userId, data, ...instants });
        return [attempt(() => store.create(record)), model.create(record)];
      }
      case "update": {
        const { id, data, clear, userId } = operation;
        const change: RecordChange = {
          set: data,
          ...(clear && { clear }),
          ...(userId !== undefined && { fields: { userId }, raiseGeneration: true as const }),
        };
        return [attempt(() => store.update(id, change, now)), model.update(id, change, now)];
      }
      case "touch": {
        const touch = { lastSeenAt: now, idleExpiresAt: endsAt(operation.life), ifSeenBefore: now - 50_000 };
        return [store.update(operation.id, { touch }, now), model.update(operation.id, { touch }, now)];
      }
      case "destroy":
        return [store.destroy(operation.id, operation.generation), model.destroy(operation.id, operation.generation)];
      case "destroyUser": {
        const gone = store.byUser.destroy(operation.userId, operation.id);
        return [[...gone].sort(), model.destroyUser(operation.userId, operation.id)];
      }
      case "destroyOne": {
        const { userId, id } = operation;
        return [store.byUser.destroyOne(userId, id), model.destroyOne(userId, id)];
      }
      case "sweep":
        return [store.sweep(now, operation.limit), model.sweep(now, operation.limit)];
    }
  }

  for (const operation of operations) {
    const [actual, expected] = answers(operation);
    expect(actual).toEqual(expected);
    expect(byId(everything(store))).toEqual(byId(model.all()));
    for (const userId of ["ada", "bob", "ø-漢"]) {
      expect(byId(store.byUser.list(userId, now))).toEqual(byId(model.list(userId)));
    }
  }
}

function everything(store: ReturnType<typeof memoryStore>): SessionRecord[] {
  const ids = Array.from({ length: 12 }, (_, number) => `id-${number}`);
  return store.find(ids, start).filter((record) => record !== null);
}

function byId(records: readonly SessionRecord[]): SessionRecord[] {
  return [...records].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe("the store does what a plain list would do", () => {
  const sequences = fc.array(operation, { minLength: 10, maxLength: 60 });

  test.each([
    ["without bounds", { maxEntries: 1_000, maxBytes: 2 ** 40 }],
    ["bounded to five entries", { maxEntries: 5, maxBytes: 2 ** 40 }],
    ["bounded to 2,000 bytes", { maxEntries: 1_000, maxBytes: 2_000 }],
    ["bounded both ways", { maxEntries: 6, maxBytes: 2_400 }],
  ])("%s", (_, limits) => {
    fc.assert(
      fc.property(sequences, (operations) => runBoth(limits, operations)),
      { numRuns: 1_000 },
    );
  });
});
