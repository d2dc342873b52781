import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisClient, redisBus } from "../../src/stores/redis.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { hasProgram } from "../servers/programs.mjs";
import { startRedisCluster } from "../servers/redis-cluster.mjs";
import { startRedis } from "../servers/redis-server.mjs";

await describeWith(
  "redisBus",
  () => hasProgram("redis-server"),
  () => {
    let server: Awaited<ReturnType<typeof startRedis>>;
    let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
    const endings: (() => unknown)[] = [];

    beforeAll(async () => {
      server = await startRedis();
      endings.push(() => server.stop());
      cluster = await startRedisCluster();
      endings.push(cluster.stop);
    }, 60_000);

    afterAll(async () => {
      for (const end of endings.reverse()) await end();
    });

    const clients: Record<string, () => RedisClient> = {
      "node-redis"() {
        const client = createClient({ url: server.url, socket: { reconnectStrategy: 5 } });
        endings.push(() => client.destroy());
        return client;
      },
      ioredis() {
        const client = new Redis(server.url, { retryStrategy: () => 5 });
        client.on("error", () => {});
        endings.push(() => client.disconnect());
        return client;
      },
      "a cluster client of node-redis"() {
        const client = createCluster({
          rootNodes: cluster.ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })),
        });
        endings.push(() => client.destroy());
        return client;
      },
      "a cluster client of ioredis"() {
        const client = new Cluster(cluster.ports.map((port) => ({ host: "127.0.0.1", port })));
        endings.push(() => client.disconnect());
        return client;
      },
    };

    const listener = () => {
      const heard: string[] = [];
      let gaps = 0;
      return {
        heard,
        gaps: () => gaps,
        onIds: (ids: readonly string[]) => void heard.push(...ids),
        onGap: () => void gaps++,
      };
    };

    for (const [name, open] of Object.entries(clients)) {
      describe(`over ${name}`, () => {
        test("tells every listener on the channel, until it stops", async () => {
          const [bus, other, elsewhere] = [
            redisBus(open()),
            redisBus(open()),
            redisBus(open(), { channel: "elsewhere" }),
          ];
          const [one, two, three] = [listener(), listener(), listener()];
          const stops = await Promise.all([bus.subscribe(one), other.subscribe(two), elsewhere.subscribe(three)]);
          await other.publish(["a", "b"]);
          await bus.publish(["c"]);
          await expect.poll(() => [one.heard.length, two.heard.length]).toEqual([3, 3]);
          expect([...one.heard].sort()).toEqual(["a", "b", "c"]);
          await stops[0]?.();
          await bus.publish(["d"]);
          await expect.poll(() => two.heard).toContain("d");
          expect(one.heard).not.toContain("d");
          expect(three.heard).toEqual([]);
          await Promise.all(stops.slice(1).map((stop) => stop()));
        });

        test("ignores what is no list of ids", async () => {
          const client = open();
          const bus = redisBus(client);
          const one = listener();
          const stop = await bus.subscribe(one);
          const plain = new Redis(name.includes("cluster") ? (cluster.ports[0] as number) : server.port);
          for (const junk of ["", "{", "null", '{"a":1}', "[1,null]", "~other"])
            await plain.publish("coatcheck:bus", junk);
          plain.disconnect();
          await bus.publish(["a"]);
          await expect.poll(() => one.heard).toEqual(["a"]);
          await stop();
        });

        test("notices by its own beat that it does not hear, and that it hears again", async () => {
          const runtime = fakeRuntime();
          const bus = redisBus(open(), { beat: "1s", runtime });
          const one = listener();
          const stop = await bus.subscribe(one);
          runtime.advance("1s");
          expect(one.gaps()).toBe(0);
          runtime.advance("1s"); // no time for the first beat to arrive
          expect(one.gaps()).toBe(1);
          await expect.poll(one.gaps).toBe(2);
          await stop();
          runtime.advance("10s");
          expect(one.gaps()).toBe(2);
        });
      });
    }

    test("over a pool of node-redis, which cannot listen, says so; it can publish", async () => {
      const pool = createClientPool({ url: server.url });
      endings.push(() => pool.destroy());
      const bus = redisBus(pool);
      await expect(bus.subscribe(listener())).rejects.toMatchObject({ code: "STORE_CAPABILITY_MISSING" });
      await bus.publish(["a"]);
    });

    for (const name of ["node-redis", "ioredis"]) {
      test(`over ${name} tells of a gap when the connection is lost and when it is back, and hears again`, async () => {
        const own = clients[name] as () => RedisClient;
        const bus = redisBus(own());
        const one = listener();
        const stop = await bus.subscribe(one);
        await bus.publish(["a"]);
        await expect.poll(() => one.heard).toEqual(["a"]);
        const killer = new Redis(server.url);
        await killer.call("client", "kill", "type", "pubsub");
        killer.disconnect();
        await expect.poll(one.gaps).toBeGreaterThanOrEqual(2);
        await bus.publish(["b"]);
        await expect.poll(() => one.heard).toEqual(["a", "b"]);
        await stop();
      });
    }
  },
);
