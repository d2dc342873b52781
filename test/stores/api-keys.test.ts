import { beforeAll, expect, it } from "vitest";
import { createSessions, type SessionStore } from "../../src/index.ts";
import { describeWith } from "../require-services.ts";
import { places } from "../support/places.ts";

const rounds = 5;

for (const { name, isAvailable, prepare } of places) {
  await describeWith(`R-A19 API keys: ${name}`, isAvailable, () => {
    const open = prepare();
    let store!: SessionStore;
    beforeAll(async () => {
      store = await open();
    });
    const instance = () => createSessions({ store, apiKeys: {}, limit: { sessions: 100 } });

    it("are made, found, listed, used and revoked, and are among no sessions", async () => {
      const sessions = instance();
      const userId = "ann of the keys";
      const { token } = await sessions.create({ userId });
      const { key, id, expiresAt } = await sessions.apiKeys.issue(userId, { name: "backup 🧥", scopes: ["read"] });
      const other = await sessions.apiKeys.issue(userId, { name: "other" });
      const later: (() => Promise<void>)[] = [];
      const bearer = { header: () => null, defer: (task: () => Promise<void>) => void later.push(task) };
      expect(await sessions.apiKeys.validate(key, bearer)).toMatchObject({
        userId,
        id,
        kind: "device",
        scopes: ["read"],
      });
      const described = expect.objectContaining({ id, userId, name: "backup 🧥", scopes: ["read"], expiresAt });
      expect(await sessions.apiKeys.list(userId)).toContainEqual(described);
      expect(await sessions.apiKeys.list(userId)).toHaveLength(2);
      expect(await sessions.list(userId)).toHaveLength(1);
      await Promise.all(later.map((task) => task())); // the use is noted after the answer
      const used = (await sessions.apiKeys.list(userId)).find((each) => each.id === id);
      expect(used?.lastUsedAt).toEqual(expect.any(Number));
      expect(await sessions.apiKeys.revoke(other.id)).toBe(true);
      expect(await sessions.apiKeys.validate(other.key)).toBeNull();
      expect(await sessions.revokeUser(userId)).toBe(1);
      expect([await sessions.apiKeys.validate(key), await sessions.validate(token)]).toEqual([null, null]);
      expect(await sessions.apiKeys.list(userId)).toEqual([]);
    });

    it(`G2 ${rounds} times 20 keys made while all of their user is ended: none is left, told or not`, async () => {
      const [here, there] = [instance(), instance()];
      for (let round = 0; round < rounds; round++) {
        const userId = `user ${round} of the race`;
        const made = await Promise.all(Array.from({ length: 20 }, () => here.create({ userId })));
        const issuing = made.map(async ({ session }, index) => {
          for (let turn = 0; turn < index; turn++) await null; // at various instants of the other call
          return session.issueApiKey({ name: "script" }).catch((error) => {
            expect(error).toMatchObject({ code: expect.stringMatching(/^SESSION_|^UNAUTHENTICATED$/) });
            return null;
          });
        });
        await there.revokeUser(userId);
        const told = (await Promise.all(issuing)).flatMap((issued) => issued ?? []);
        expect(await Promise.all(told.map(({ key }) => there.apiKeys.validate(key)))).toEqual(told.map(() => null));
        expect(await there.apiKeys.list(userId)).toEqual([]);
      }
    });

    it("of twenty revocations of one key one says that it was", async () => {
      const sessions = instance();
      const { id } = await sessions.apiKeys.issue("bob", { name: "script" });
      const answers = await Promise.all(Array.from({ length: 20 }, () => sessions.apiKeys.revoke(id)));
      expect(answers.filter((answer) => answer)).toHaveLength(1);
    });
  });
}
