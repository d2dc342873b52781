import { createClient } from "redis";
import { expect, it } from "vitest";
import { systemRuntime } from "../../src/runtime.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { record } from "../drivers/sqlite-files.ts";
import { FaultyProxy } from "../faults/proxy.mjs";
import { describeWith } from "../require-services.ts";
import { hasProgram } from "../servers/programs.mjs";
import { startRedis } from "../servers/redis-server.mjs";

await describeWith(
  "A connection of node-redis that is dead without a sign",
  () => hasProgram("redis-server"),
  () => {
    it("is made anew after the time limit; what waited fails, and the next call works", async () => {
      const server = await startRedis();
      const proxy = await FaultyProxy.open(server.port);
      const client = createClient({ url: `redis://127.0.0.1:${proxy.port}` });
      let now = Date.now();
      const timers: (() => void)[] = [];
      const background = (ms: number, task: () => void) => {
        if (ms < 1_000) return systemRuntime.background(ms, task);
        timers.push(task);
        return () => undefined;
      };
      const runtime = { ...systemRuntime, now: () => now, background };
      const ring = () => timers.splice(0).map((task) => task());
      const store = redisStore(client, { onWarning: null, timeLimit: "2s", runtime });
      try {
        const session = record({ idleExpiresAt: now + 60_000, expiresAt: now + 60_000 });
        await store.create(session);
        proxy.halfOpen();
        const lost = Promise.allSettled([store.find([session.id], now), store.destroy("another")]);
        now += 1_000;
        ring();
        expect(client.isReady).toBe(true);
        now += 1_000;
        ring();
        expect(client.isReady).toBe(false);
        expect(await lost).toMatchObject([{ reason: { code: "STORE_UNAVAILABLE" } }, { status: "rejected" }]);
        expect(await store.find([session.id], now)).toEqual([session]);
      } finally {
        client.destroy();
        await proxy.close();
        await server.stop();
      }
    });
  },
);
