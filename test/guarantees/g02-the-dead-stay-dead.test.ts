import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { pausingStore, type StoreCall } from "../../src/testing/index.ts";
import { twoVisits, world } from "../support/world.ts";

type Mutation = (session: Awaited<ReturnType<typeof twoVisits>>[0]) => Promise<unknown>;

const mutations: Record<string, Mutation> = {
  set: (session) => session.set({ late: true }),
  update: (session) => session.update("count", (count = 0) => (count as number) + 1),
  replace: (session) => session.replace({ only: 1 }),
  pluck: (session) => session.pluck("flash"),
  rotate: (session) => session.rotate(),
};

/** A store with the mistake behind every resurrection: what is not there is written back. */
function upserts(): SessionStore {
  const store = memoryStore();
  const lastSeen = new Map<string, Parameters<typeof store.create>[0]>();
  return {
    ...store,
    create(record) {
      lastSeen.set(record.id, record);
      return store.create(record);
    },
    update(id, change, now) {
      const answer = store.update(id, change, now);
      const record = lastSeen.get(id);
      if (answer.outcome !== "missing" || !record) return answer;
      store.create(record);
      return store.update(id, change, now);
    },
  };
}

/** Holds a mutation at a point of its store call, ends the session meanwhile, and lets it go on. */
async function mutationCannotRevive(store: SessionStore, mutate: Mutation, at: "start" | "answer"): Promise<void> {
  const held = pausingStore(store);
  const here = world({ store: held });
  const { token, session } = await here.sessions.create({ data: { flash: "x" } });
  const [slow] = await twoVisits(here, token);
  held.hold("update", { at });
  const late = mutate(slow).then(
    (value) => value,
    () => "refused",
  );
  await held.untilHeld("update");
  await session.destroy();
  held.release();
  const result = await late;
  expect(await here.sessions.validate(token)).toBeNull();
  if (typeof result === "string") expect(await here.sessions.validate(result)).toBeNull();
  expect(store.find([session.id ?? ""], here.runtime.now())).toEqual([null]);
}

describe("G2 the dead stay dead", () => {
  for (const [name, mutate] of Object.entries(mutations)) {
    for (const at of ["start", "answer"] as const) {
      it(`${name} in flight (held at its ${at}) does not revive a destroyed session`, () =>
        mutationCannotRevive(memoryStore(), mutate, at));
    }
  }

  it("negative control: a store that upserts revives it", async () => {
    await expect(mutationCannotRevive(upserts(), mutations.set as Mutation, "start")).rejects.toThrow();
  });

  it("a touch in flight does not revive it", async () => {
    const held = pausingStore(memoryStore());
    const here = world({ store: held });
    const { token, session } = await here.sessions.create();
    here.runtime.advance("1d");
    held.hold("update");
    await here.sessions.validate(token);
    here.runtime.advance(1);
    await held.untilHeld("update");
    await session.destroy();
    held.release();
    await here.runtime.settle();
    expect(await here.sessions.validate(token)).toBeNull();
  });

  const calls: StoreCall[] = ["find", "update"];
  for (const call of calls) {
    it(`revoke while ${call} of another request is held leaves nothing alive`, async () => {
      const held = pausingStore(memoryStore());
      const here = world({ store: held });
      const { token, session } = await here.sessions.create({ userId: "u1" });
      held.hold(call);
      const late = here.sessions
        .validate(token)
        .then((found) => found?.set({ late: true }))
        .catch(() => "refused");
      await held.untilHeld(call);
      expect(await here.sessions.revoke(session.id ?? "")).toBe(true);
      held.release();
      await late;
      expect(await here.sessions.validate(token)).toBeNull();
    });
  }

  it("L10 revokeUser ends every session of the user but the one excepted", async () => {
    const here = world();
    const made = await Promise.all([1, 2, 3].map(() => here.sessions.create({ userId: "u1" })));
    const other = await here.sessions.create({ userId: "u2" });
    const except = made[1]?.session.id ?? "";
    expect(await here.sessions.revokeUser("u1", { except })).toBe(2);
    const alive = await Promise.all([...made, other].map(({ token }) => here.sessions.validate(token)));
    expect(alive.map(Boolean)).toEqual([false, true, false, true]);
  });

  it("says SESSION_DESTROYED to a write that comes too late, and accepts a second destroy", async () => {
    const here = world();
    const { token } = await here.sessions.create();
    const [one, other] = await twoVisits(here, token);
    await one.destroy();
    await expect(other.set({ a: 1 })).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
    await expect(one.set({ a: 1 })).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
    await expect(other.destroy()).resolves.toBeUndefined();
    await expect(one.destroy()).resolves.toBeUndefined();
  });

  it("begins another session when somebody signs in on one that has just ended", async () => {
    const here = world({ keep: ["cart"] });
    const { token } = await here.sessions.create({ data: { cart: [1] } });
    const [one, other] = await twoVisits(here, token);
    await one.destroy();
    const next = await other.signIn("u1");
    const session = await here.sessions.validate(next);
    expect(session?.id).not.toBe(one.id);
    expect(session?.data).toEqual({});
    expect(await here.sessions.validate(token)).toBeNull();
  });
});
