import { beforeAll, describe, expect, it, vi } from "vitest";
import { generateId, Lucia } from "../../src/adapters/lucia/index.ts";
import { memoryStore, type SessionRecord, type SessionStore } from "../../src/index.ts";
import { isCorrupt, isExpired } from "../../src/store/record.ts";
import { countingStore, fakeRuntime } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { places } from "../support/places.ts";
import { type Adapter, adapterSuite, type DatabaseSession, type DatabaseUser, hasLucia } from "./original.ts";

/**
 * Lucia's adapter over a store of ours: a translation, and nothing else. The suite makes a session anew under an id that it
 * has deleted; a store of ours may refuse that, and the engine never asks for it. So each session made has an id of its own.
 */
function adapterOver(store: SessionStore, user: DatabaseUser): Adapter {
  const ids = new Map<string, string>();
  const idOf = (luciaId: string) => ids.get(luciaId) ?? "unknown";
  const luciaIdOf = (id: string) => [...ids].find(([, own]) => own === id)?.[0] ?? id;
  const asSession = ({ id, userId, expiresAt, data }: SessionRecord): DatabaseSession => {
    const attributes = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, JSON.parse(text)]));
    return { userId: userId as string, id: luciaIdOf(id), expiresAt: new Date(expiresAt), attributes };
  };
  const recordOf = ({ id, userId, expiresAt, attributes }: DatabaseSession): SessionRecord => ({
    id,
    digest: "d".repeat(43),
    previousDigest: null,
    previousGraceEndsAt: null,
    userId,
    data: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, JSON.stringify(value)])),
    device: null,
    actor: null,
    createdAt: Date.now(),
    authenticatedAt: Date.now(),
    lastSeenAt: Date.now(),
    idleExpiresAt: expiresAt.getTime(),
    expiresAt: expiresAt.getTime(),
    persistent: true,
    generation: 0,
    version: 1,
  });
  return {
    async getSessionAndUser(id) {
      const [found] = await store.find([idOf(id)], Date.now());
      if (!found || isCorrupt(found)) return [null, null];
      return [asSession(found), found.userId === user.id ? user : null];
    },
    async getUserSessions(userId) {
      const records = (await store.byUser?.list(userId, Date.now())) ?? [];
      // A store that expires its records by itself may hold one a little longer; only the engine judges.
      return records.filter((record) => store.sweep || !isExpired(record, Date.now())).map(asSession);
    },
    async setSession(session) {
      const id = generateId(22);
      ids.set(session.id, id);
      await store.create(recordOf({ ...session, id }));
    },
    async updateSessionExpiration(id, expiresAt) {
      const ends = { idleExpiresAt: expiresAt.getTime(), expiresAt: expiresAt.getTime() };
      await store.update(idOf(id), { fields: ends }, Date.now());
    },
    deleteSession: async (id) => void (await store.destroy(idOf(id))),
    deleteUserSessions: async (userId) => void (await store.byUser?.destroy(userId)),
    deleteExpiredSessions: async () => void (await store.sweep?.(Date.now(), 1_000)),
  };
}

for (const { name, isAvailable, prepare } of places) {
  await describeWith(name, isAvailable, () => {
    const open = prepare();
    let store!: SessionStore;
    beforeAll(async () => {
      store = await open();
    });

    it.skipIf(hasLucia() !== true)("passes the test suite of Lucia's adapters", async () => {
      const { testAdapter, databaseUser } = await adapterSuite();
      const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
      try {
        await testAdapter(adapterOver(store, databaseUser));
      } finally {
        printed.mockRestore();
      }
    });

    it("keeps sessions for the facade: made, found, listed, renewed by one write, ended", async () => {
      const runtime = fakeRuntime({ now: Date.now() });
      const counted = countingStore(store);
      const lucia = new Lucia(counted, {
        runtime,
        origins: ["https://shop.example"],
        getSessionAttributes: (attributes: { country: string }) => attributes,
      });
      const user = `ada-${crypto.randomUUID()}`;
      const { id, publicId } = await lucia.createSession(user, { country: "uk" });
      expect(await lucia.getUserSessions(user)).toMatchObject([{ id: publicId, country: "uk" }]);
      runtime.advance("16d");
      counted.reset();
      const answers = await Promise.all(Array.from({ length: 50 }, () => lucia.validateSession(id)));
      expect(answers.every(({ session }) => session?.userId === user)).toBe(true);
      expect(counted.counts.update).toBe(1);
      expect((await lucia.validateSession(id)).session?.expiresAt).toEqual(new Date(runtime.now() + 30 * 86_400_000));
      await lucia.invalidateUserSessions(user);
      expect(await lucia.validateSession(id)).toEqual({ session: null, user: null });
    });
  });
}

describe("the suite of Lucia's adapters", () => {
  it.skipIf(hasLucia() !== true)("fails an adapter that forgets to delete", async () => {
    const { testAdapter, databaseUser } = await adapterSuite();
    const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const broken = { ...adapterOver(memoryStore(), databaseUser), deleteSession: async () => undefined };
    await expect(testAdapter(broken)).rejects.toThrow();
    printed.mockRestore();
  });
});
