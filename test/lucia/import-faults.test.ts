import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { LuciaTable } from "../../src/adapters/lucia/index.ts";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { pausingStore } from "../../src/testing/index.ts";
import { letOthersRun, luciaId, type MemoryTable, type Moving, moving, settled } from "./visitors.ts";

/** A step of an import: a call of either side. */
type Step = keyof LuciaTable | "store.create" | "store.find" | "store.destroy";

class Killed extends Error {}

/** Both sides of an import, counting their calls; the process dies before or after the one with this number. */
function dyingAt(world: Moving, at: number, when: "before" | "after") {
  const steps: Step[] = [];
  let dead = false;
  let buried = () => {};
  const death = new Promise<void>((resolve) => {
    buried = resolve;
  });
  const step = async <T>(name: Step, call: () => T | PromiseLike<T>): Promise<T> => {
    if (dead) return new Promise<never>(() => undefined); // a dead process does nothing more
    steps.push(name);
    const isLast = steps.length === at;
    if (isLast && when === "before") return die();
    const answer = await call();
    return isLast ? die() : answer;
  };
  const die = (): never => {
    dead = true;
    buried();
    throw new Killed();
  };
  const { table, store } = world;
  const dying: LuciaTable = {
    find: (id) => step("find", () => table.find(id)),
    delete: (id) => step("delete", () => table.delete(id)),
    deleteUser: (userId) => step("deleteUser", () => table.deleteUser(userId)),
  };
  const dyingStore: SessionStore = {
    ...store,
    find: (ids, now) => step("store.find", () => store.find(ids, now)),
    create: (record) => step("store.create", () => store.create(record)),
    destroy: (id, generation) => step("store.destroy", () => store.destroy(id, generation)),
  };
  return { importer: world.another({ table: dying, store: dyingStore }), steps, isDead: () => death };
}

/** How many calls an import makes. */
async function stepsOf(): Promise<Step[]> {
  const world = moving();
  const { importer, steps } = dyingAt(world, Number.POSITIVE_INFINITY, "before");
  await importer.importSession(luciaId());
  return steps;
}

describe("a process that dies", async () => {
  const steps = await stepsOf();

  it("can die between any two of these steps", () => {
    expect(steps).toEqual(["find", "store.find", "store.create", "find", "store.create", "delete", "store.find"]);
  });

  const deaths = steps.flatMap((step, index) =>
    (["before", "after"] as const).map((when) => [when, index + 1, step] as const),
  );
  it.each(deaths)("%s step %i (%s) signs nobody out: the next request ends it, with one session", async (when, at) => {
    const world = moving();
    const { importer: dying, isDead } = dyingAt(world, at, when);
    // Whatever comes of it: the process is gone, and its answer has not reached the visitor.
    dying.importSession(luciaId()).catch(() => undefined);
    await isDead();
    const imported = await world.another().importSession(luciaId());
    expect((await world.sessions.validate(imported?.token ?? ""))?.userId).toBe("ada");
    expect((await world.sessions.list("ada")).map(({ id }) => id)).toEqual([imported?.id]);
    expect(world.table.rows.size).toBe(0);
    world.runtime.advance("1m");
    expect(await world.another().importSession(luciaId())).toBeNull();
  });
});

describe("an outage", () => {
  const secretId = luciaId("s");

  it.each<keyof MemoryTable & ("find" | "delete")>(["find", "delete"])(
    "of Lucia's table at %s is a typed error that tells nothing, and the next request is signed in",
    async (method) => {
      const world = moving({}, { rows: { [secretId]: { userId: "ada", expiresAt: Date.UTC(2026, 5, 1) } } });
      const fail = (id: string) => {
        throw Object.assign(new Error(`no such table; values: ${id}`), { sql: `… '${id}'`, code: "E_TABLE" });
      };
      const broken = world.another({ table: { ...world.table, [method]: fail } });
      const error = await failureOf(world, broken.importSession(secretId));
      expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretId);
      expect(inspect(error, { depth: 9 })).toContain("E_TABLE");
      expect(world.events.map(({ type }) => type)).toContain("store-failure");
      const imported = await world.another().importSession(secretId);
      expect(await world.sessions.list("ada")).toHaveLength(1);
      expect(imported?.userId).toBe("ada");
    },
  );

  it("of Lucia's table after the session was made leaves none that nobody has", async () => {
    const world = moving();
    let found = 0;
    const find = (id: string) => {
      if (++found > 1) throw new Error("gone");
      return world.table.find(id);
    };
    const broken = world.another({ table: { ...world.table, find } });
    await failureOf(world, broken.importSession(luciaId()));
    expect(await world.sessions.list("ada")).toEqual([]);
  });
});

/** What a promise fails with, on the clock of the test. */
async function failureOf({ runtime }: Moving, promise: Promise<unknown>): Promise<unknown> {
  const result = await settled(runtime, promise);
  return result.status === "rejected" ? result.reason : new Error("nothing failed");
}

describe("requests that race", () => {
  it("are all given one session, however many and in however many processes", async () => {
    const world = moving();
    const importers = Array.from({ length: 8 }, () => world.another());
    const imports = await Promise.all(
      Array.from({ length: 40 }, (_, index) => importers[index % 8]?.importSession(luciaId())),
    );
    expect(new Set(imports.map((imported) => imported?.token)).size).toBe(1);
    const [first] = imports;
    expect((await world.sessions.list("ada")).map(({ id }) => id)).toEqual([first?.id]);
    expect(await world.sessions.validate(first?.token ?? "")).not.toBeNull();
  });

  it.each(["find", "create"] as const)(
    "and one of which is held up in %s, while the other ends, give the same session",
    async (held) => {
      const world = moving();
      const pausing = pausingStore(world.store);
      const slow = world.another({ store: pausing });
      pausing.hold(held);
      const slowly = slow.importSession(luciaId());
      await pausing.untilHeld(held);
      const quickly = await world.importer.importSession(luciaId());
      pausing.release();
      expect(await slowly).toEqual(quickly);
      expect((await world.sessions.list("ada")).map(({ id }) => id)).toEqual([quickly?.id]);
    },
  );

  // The other has moved the session, handed it out, and its visitor has signed out, while this one stood still.
  it.each([1, 2])("bring nothing back that has ended meanwhile, held up before create %i", async (nth) => {
    const world = moving();
    const pausing = pausingStore(world.store);
    const slow = world.another({ store: pausing });
    pausing.hold("create");
    const slowly = slow.importSession(luciaId());
    await pausing.untilHeld("create");
    if (nth === 2) {
      pausing.releaseOne("create");
      await letOthersRun();
      await pausing.untilHeld("create");
    }
    const quickly = await world.importer.importSession(luciaId());
    const session = await world.sessions.validate(quickly?.token ?? "");
    await session?.destroy();
    pausing.release();
    expect(await slowly).toBeNull();
    expect(await world.sessions.validate(quickly?.token ?? "")).toBeNull();
    expect(await world.sessions.list("ada")).toEqual([]);
  });

  it.each([1, 2])("bring nobody back whom revokeUser has ended, held up before create %i", async (nth) => {
    const world = moving();
    const pausing = pausingStore(world.store);
    const slow = world.another({ store: pausing });
    pausing.hold("create");
    const slowly = slow.importSession(luciaId());
    await pausing.untilHeld("create");
    if (nth === 2) {
      pausing.releaseOne("create");
      await letOthersRun();
      await pausing.untilHeld("create");
    }
    await world.importer.revokeUser("ada");
    pausing.release();
    expect(await slowly).toBeNull();
    expect(await world.sessions.list("ada")).toEqual([]);
  });
});

describe("the negative control: an import without its claim", () => {
  // The same race against a store that loses claims shows that the tests above can fail.
  it("gives two sessions to two requests", async () => {
    const inner = memoryStore();
    const forgetful: SessionStore = {
      ...inner,
      create: (record) => (record.userId === null ? "created" : inner.create(record)),
    };
    const world = moving({}, { store: forgetful });
    const imports = await Promise.all([world, world].map((each) => each.another().importSession(luciaId())));
    const listed = await world.sessions.list("ada");
    expect(new Set(imports.map((imported) => imported?.token)).size + listed.length).toBeGreaterThan(2);
  });
});
