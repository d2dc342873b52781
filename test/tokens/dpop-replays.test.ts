import { expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { dpopReplays } from "../../src/tokens/index.ts";
import { describeWith } from "../require-services.ts";
import { places } from "../support/places.ts";

for (const { name, isAvailable, prepare } of places) {
  await describeWith(`J12 used proofs, on ${name}`, isAvailable, () => {
    const open = prepare();

    it("are accepted from the first of any number who ask at once, from any of several processes", async () => {
      const store = await open();
      const instances = Array.from({ length: 4 }, () => dpopReplays(store));
      const expiresAt = Date.now() + 60_000;
      for (const id of ["one", "two"]) {
        const asked = Array.from({ length: 100 }, (_, at) => instances[at % 4]?.remember(id, expiresAt));
        expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
      }
      expect(await instances[0]?.remember("one", expiresAt)).toBe(false);
    });

    it("are used once also where their time is no whole number of milliseconds, as many a client makes it", async () => {
      const store = await open();
      const expiresAt = Math.floor(Date.now()) + 60_000.4567;
      const asked = [1, 2, 3].map(() => dpopReplays(store).remember("a fraction", expiresAt));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
      expect(await dpopReplays(store).remember("a fraction", expiresAt)).toBe(false);
    });
  });
}

await describeWith(
  "J12 used proofs",
  () => true,
  () => {
    it("are forgotten after their end, when no proof of that age is accepted", async () => {
      const runtime = fakeRuntime();
      const store = memoryStore();
      const replays = dpopReplays(store, { runtime });
      const expiresAt = runtime.now() + 60_000;
      expect(await replays.remember("one", expiresAt)).toBe(true);
      runtime.advance(59_999);
      expect(await replays.remember("one", expiresAt + 60_000)).toBe(false);
      runtime.advance(1);
      expect(await store.sweep?.(runtime.now(), 100)).toBe(1);
    });

    it("G8 a store that does not answer accepts nothing and refuses nothing", async () => {
      const down: SessionStore = { ...memoryStore(), create: () => Promise.reject(new Error("down")) };
      await expect(dpopReplays(down).remember("one", Date.now() + 60_000)).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
      });
    });

    it("G4 a dump holds neither the proof nor what it was made of", async () => {
      const seen: string[] = [];
      const store = memoryStore();
      const watched: SessionStore = {
        ...store,
        create(record) {
          seen.push(JSON.stringify(record));
          return store.create(record);
        },
      };
      await dpopReplays(watched).remember("the-id-of-a-proof", Date.now() + 60_000);
      expect(seen).toHaveLength(1);
      expect(seen[0]).not.toContain("the-id-of-a-proof");
    });
  },
);
