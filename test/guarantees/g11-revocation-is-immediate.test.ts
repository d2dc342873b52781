import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import type { SessionRecord } from "../../src/store/record.ts";
import { isCorrupt } from "../../src/store/record.ts";
import { type World, world } from "../support/world.ts";

/** A store that remembers what it has found, as a cache without a bound does. */
function remembers(store: SessionStore): SessionStore {
  const found = new Map<string, SessionRecord>();
  return {
    ...store,
    async find(ids, now) {
      for (const record of await store.find(ids, now)) if (record && !isCorrupt(record)) found.set(record.id, record);
      return ids.map((id) => found.get(id) ?? null);
    },
  };
}

/** Eight instances share a store; each has seen the session alive, and one of them ends it. */
async function nobodyAcceptsIt(instances: readonly World[], end: (here: World, id: string) => Promise<unknown>) {
  const [first] = instances as [World, ...World[]];
  const { token, session } = await first.sessions.create({ userId: "u1" });
  for (const { sessions } of instances) expect(await sessions.validate(token)).not.toBeNull();
  await end(first, session.id ?? "");
  const after = await Promise.all(instances.map(({ sessions }) => sessions.validate(token)));
  expect(after.filter((found) => found !== null)).toEqual([]);
}

const eight = (store: SessionStore, each = (shared: SessionStore) => shared) =>
  Array.from({ length: 8 }, () => world({ store: each(store) }));

describe("G11 revocation is immediate on every instance", () => {
  const ends = {
    "revoke by id": (here: World, id: string) => here.sessions.revoke(id),
    revokeUser: (here: World) => here.sessions.revokeUser("u1"),
  };
  for (const [name, end] of Object.entries(ends)) {
    it(`L7 ${name} at one instance: no other accepts the token`, () => nobodyAcceptsIt(eight(memoryStore()), end));

    it(`negative control: ${name} is not seen through a cache without a bound`, async () => {
      await expect(nobodyAcceptsIt(eight(memoryStore(), remembers), end)).rejects.toThrow();
    });
  }
});
