import fc from "fast-check";
import { expect, it } from "vitest";
import { applyChange } from "../../src/store/apply-change.ts";
import type { RecordChange, SessionStore } from "../../src/store/port.ts";
import type { SessionRecord } from "../../src/store/record.ts";
import { dist } from "../races/library.mjs";
import { openModule, stores } from "../races/stores.mjs";
import { describeWith } from "../require-services.ts";
import { day, newRecord } from "./memory-fixtures.ts";

// Tomorrow: a server that expires records by a clock of its own leaves these alone.
const start = Date.now() + day;

/** What every store is to be: a list of records, and the decisions of `applyChange`. */
class ModelStore {
  #records = new Map<string, SessionRecord>();

  find(id: string): SessionRecord | null {
    return this.#records.get(id) ?? null;
  }

  create(record: SessionRecord): string {
    if (this.#records.has(record.id)) return "exists";
    this.#records.set(record.id, record);
    return "created";
  }

  update(id: string, change: RecordChange, now: number) {
    const { result, write } = applyChange(this.find(id), change, now);
    if (write) this.#records.set(id, write);
    return result;
  }

  destroy(id: string, generation?: number): string {
    const record = this.find(id);
    if (!record) return "missing";
    if (generation !== undefined && record.generation !== generation) return "replaced";
    this.#records.delete(id);
    return "destroyed";
  }

  list(userId: string): SessionRecord[] {
    return [...this.#records.values()].filter((record) => record.userId === userId);
  }

  destroyUser(userId: string, except: string | undefined): string[] {
    const gone = this.list(userId).filter(({ id }) => id !== except);
    for (const { id } of gone) this.#records.delete(id);
    return gone.map(({ id }) => id).sort();
  }

  destroyOne(userId: string, id: string): string {
    return this.find(id)?.userId === userId ? this.destroy(id) : "missing";
  }
}

const names = [0, 1, 2, 3];
const name = fc.constantFrom(...names);
const user = fc.constantFrom(null, 0, 1);
const key = fc.constantFrom("cart", "__proto__", "", "a.b", 'quo"te', "\0", "\ud800", "$[0]", "constructor");
const text = fc.constantFrom("1", '"a"', "null", '{"b":1,"a":2}', "\0", '"\udfff', "\\u0000", "漢", "");
const texts = fc.dictionary(key, text, { maxKeys: 3 });
const digest = fc.constantFrom("d0", "d1", "d2");
const generation = fc.constantFrom(undefined, 0, 1);
const moments = fc.nat(4_000_000);
// Longer than any run: when expired records go is each store's own affair, and the conformance suite's.
const lives = fc.integer({ min: 5_000_000, max: 9_000_000 });

const change = fc.record(
  {
    generation,
    expect: fc.dictionary(key, fc.option(text), { maxKeys: 2 }),
    clear: fc.constantFrom(undefined, true as const),
    remove: fc.array(key, { maxLength: 2 }),
    set: texts,
    token: fc.option(fc.record({ from: digest, to: digest, graceEndsAt: fc.constant(start + 10_000) }), {
      nil: undefined,
      freq: 3,
    }),
    raiseGeneration: fc.constantFrom(undefined, undefined, true as const),
  },
  { requiredKeys: [] },
);

const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("create" as const), name, user, texts, digest, lives }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("update" as const), name, change, at: moments }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("bind" as const), name, user, generation, at: moments }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("touch" as const), name, lives, at: moments }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("destroy" as const), name, generation }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("destroyUser" as const), user: fc.constantFrom(0, 1), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("destroyOne" as const), user: fc.constantFrom(0, 1), name }) },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const idsOf = (records: readonly SessionRecord[] = []) => records.map(({ id }) => id).sort();

let runs = 0;

/** Plays the same operations on a store and on the model; every answer and every record must be the same. */
async function playBoth(store: SessionStore, operations: readonly Operation[]): Promise<void> {
  const model = new ModelStore();
  runs += 1;
  const idOf = (name: number) => `m${process.pid}-${runs}-${name}`;
  const userOf = (user: number | null) => (user === null ? null : `user ø ${process.pid}-${runs}-${user}`);

  const used = new Set<string>();

  async function answers(operation: Operation): Promise<readonly [unknown, unknown]> {
    const id = "name" in operation ? idOf(operation.name) : "";
    switch (operation.kind) {
      case "create": {
        // No two records ever have one digest. (Redis refuses the one of a session that has just ended: it is a script sent twice.)
        const digest = used.has(id) ? `${operation.digest}-${used.size}` : operation.digest;
        used.add(id).add(digest);
        const idleExpiresAt = start + operation.lives;
        const parts = { id, userId: userOf(operation.user), data: operation.texts, digest };
        const instants = { createdAt: start, lastSeenAt: start, idleExpiresAt, expiresAt: idleExpiresAt + 1_000 };
        const record = newRecord({ ...parts, ...instants });
        return [await store.create(record), model.create(record)];
      }
      case "update": {
        const now = start + operation.at;
        const change = operation.change as RecordChange;
        return [await store.update(id, change, now), model.update(id, change, now)];
      }
      case "bind": {
        const userId = userOf(operation.user);
        const change: RecordChange = {
          fields: { userId, device: '{"name":"\0"}', persistent: operation.at % 2 === 0 },
          raiseGeneration: true,
          ...(operation.generation !== undefined && { generation: operation.generation }),
        };
        const now = start + operation.at;
        return [await store.update(id, change, now), model.update(id, change, now)];
      }
      case "touch": {
        const now = start + operation.at;
        const touch = { lastSeenAt: now, idleExpiresAt: now + operation.lives, ifSeenBefore: now - 60_000 };
        return [await store.update(id, { touch }, now), model.update(id, { touch }, now)];
      }
      case "destroy":
        return [await store.destroy(id, operation.generation), model.destroy(id, operation.generation)];
      case "destroyUser": {
        const userId = userOf(operation.user) as string;
        const gone = (await store.byUser?.destroy(userId, id)) ?? [];
        return [[...gone].sort(), model.destroyUser(userId, id)];
      }
      case "destroyOne": {
        const userId = userOf(operation.user) as string;
        return [await store.byUser?.destroyOne(userId, id), model.destroyOne(userId, id)];
      }
    }
  }

  try {
    for (const operation of operations) {
      const [actual, expected] = await answers(operation);
      expect(actual).toEqual(expected);
    }
    const found = await store.find(names.map(idOf), start);
    expect(found).toEqual(names.map((name) => model.find(idOf(name))));
    for (const user of [0, 1]) {
      const userId = userOf(user) as string;
      expect(idsOf(await store.byUser?.list(userId, start))).toEqual(idsOf(model.list(userId)));
    }
  } finally {
    for (const name of names) await store.destroy(idOf(name));
  }
}

for (const [store, { isAvailable, isRemote }] of Object.entries(stores)) {
  await describeWith(`${store} does what a plain list would do`, isAvailable, () => {
    it("D3 F3 whatever the order of creates, changes, touches and ends", async () => {
      const { makeTarget, openStore } = await openModule(store);
      const { target, remove } = await makeTarget("memory");
      const { store: opened, close } = await openStore(dist, target);
      try {
        const sequences = fc.array(operation, { minLength: 5, maxLength: 25 });
        await fc.assert(
          fc.asyncProperty(sequences, (operations) => playBoth(opened, operations)),
          { numRuns: isRemote ? 150 : 300 },
        );
      } finally {
        await close();
        await remove();
      }
    });
  });
}
