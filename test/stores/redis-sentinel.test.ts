import { Redis } from "ioredis";
import { createSentinel } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisClient, type RedisStoreOptions, redisStore } from "../../src/stores/redis.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { record as anyRecord } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { hasProgram } from "../servers/programs.mjs";
import { until } from "../servers/redis-cluster.mjs";
import { startRedisSentinel } from "../servers/redis-sentinel.mjs";

const cases = storeConformance({ without: ["sweep"] });
const now = Date.now();
const times = { createdAt: now, lastSeenAt: now, idleExpiresAt: now + 3_600_000, expiresAt: now + 7_200_000 };

await describeWith(
  "Redis Sentinel",
  () => hasProgram("redis-server"),
  () => {
    let servers: Awaited<ReturnType<typeof startRedisSentinel>>;
    const endings: (() => unknown)[] = [];

    beforeAll(async () => {
      servers = await startRedisSentinel();
      endings.unshift(servers.stop);
    }, 60_000);

    afterAll(async () => {
      for (const end of endings.reverse()) await end();
    });

    const clients: Record<string, () => RedisClient> = {
      "node-redis"() {
        const sentinelRootNodes = [{ host: "127.0.0.1", port: servers.sentinel.port }];
        const client = createSentinel({ name: servers.name, sentinelRootNodes, scanInterval: 200 });
        client.on("error", () => {});
        endings.push(() => client.isOpen && client.destroy());
        return client;
      },
      ioredis() {
        const sentinels = [{ host: "127.0.0.1", port: servers.sentinel.port }];
        const client = new Redis({ sentinels, name: servers.name });
        client.on("error", () => {});
        endings.push(() => client.disconnect());
        return client;
      },
    };

    const variants: Record<string, RedisStoreOptions> = {
      "keeps every rule of the port": {},
      "waiting for the replica keeps every rule of the port": { replicas: { wait: 1, timeout: "10s" } },
    };

    for (const [name, open] of Object.entries(clients)) {
      for (const [title, options] of Object.entries(variants)) {
        describe(`through ${name} ${title}`, () => {
          let stores: { store: ReturnType<typeof redisStore>; peer: ReturnType<typeof redisStore> };
          beforeAll(() => {
            const given = { prefix: `${name}:`, onWarning: null, ...options };
            stores = { store: redisStore(open(), given), peer: redisStore(open(), given) };
          });
          test.each(cases)("$name", ({ run }) => run(stores));
        });
      }
    }

    test("after the primary was killed the stores go on with the replica, and find what it had confirmed", async () => {
      const options = { prefix: "failover:", onWarning: null, replicas: { wait: 1, timeout: "10s" } } as const;
      const stores = Object.values(clients).map((open) => redisStore(open(), options));
      const ids = stores.map((_, at) => `session-${at}`);
      await Promise.all(stores.map((store, at) => store.create(anyRecord({ id: `session-${at}`, ...times }))));
      const before = await servers.addressOfPrimary();
      await servers.primary.kill();
      await until(async () => (await servers.addressOfPrimary()) !== before);
      for (const [at, open] of Object.values(clients).entries()) {
        const [confirming, store] = [stores[at], redisStore(open(), { prefix: "failover:", onWarning: null })];
        const found = async () => (await Promise.resolve(confirming?.find(ids, now)).catch(() => null)) ?? null;
        await until(async () => (await found()) !== null);
        expect(await found()).toMatchObject(ids.map((id) => ({ id })));
        expect(await store.update(ids[at] as string, { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
      }
    }, 60_000);
  },
);
