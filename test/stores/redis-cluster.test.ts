import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisClient, redisStore } from "../../src/stores/redis.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { hasProgram } from "../servers/programs.mjs";
import { startRedisCluster } from "../servers/redis-cluster.mjs";

const cases = storeConformance({ without: ["sweep"] });

await describeWith(
  "Redis Cluster",
  () => hasProgram("redis-server"),
  () => {
    let ports: number[] = [];
    const endings: (() => unknown)[] = [];

    beforeAll(async () => {
      const cluster = await startRedisCluster();
      ports = cluster.ports;
      endings.unshift(cluster.stop);
    }, 60_000);

    afterAll(async () => {
      for (const end of endings.reverse()) await end();
    });

    const clients: Record<string, () => RedisClient> = {
      "node-redis"() {
        const client = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
        endings.push(() => client.isOpen && client.destroy());
        return client;
      },
      ioredis() {
        const client = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
        endings.push(() => client.disconnect());
        return client;
      },
    };

    for (const [name, open] of Object.entries(clients)) {
      describe(`through ${name} keeps every rule of the port`, () => {
        let stores: { store: ReturnType<typeof redisStore>; peer: ReturnType<typeof redisStore> };
        beforeAll(() => {
          const options = { prefix: `${name}:`, onWarning: null };
          stores = { store: redisStore(open(), options), peer: redisStore(open(), options) };
        });
        test.each(cases)("$name", ({ run }) => run(stores));
      });

      describe(`waiting for a replica, through ${name}, keeps every rule of the port`, () => {
        let stores: { store: ReturnType<typeof redisStore>; peer: ReturnType<typeof redisStore> };
        beforeAll(() => {
          const options = {
            prefix: `${name}-waiting:`,
            onWarning: null,
            replicas: { wait: 1, timeout: "10s" },
          } as const;
          stores = { store: redisStore(open(), options), peer: redisStore(open(), options) };
        });
        test.each(cases)("$name", ({ run }) => run(stores));
      });
    }

    test("the suite is not empty", () => {
      expect(cases.length).toBeGreaterThan(100);
    });
  },
);
