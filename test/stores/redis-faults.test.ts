import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionRecord } from "../../src/store/record.ts";
import { changeArguments } from "../../src/stores/redis/change.ts";
import { updateScript } from "../../src/stores/redis/scripts.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { record as anyRecord } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { hasProgram } from "../servers/programs.mjs";
import { freePort, startRedis } from "../servers/redis-server.mjs";
import { LossyProxy } from "./redis-proxy.ts";

const now = Date.now();
const day = 86_400_000;
const quiet = { onWarning: null };
let count = 0;

function record(parts: Partial<SessionRecord> = {}): SessionRecord {
  const times = { createdAt: now, lastSeenAt: now, idleExpiresAt: now + day, expiresAt: now + 2 * day };
  return anyRecord({ id: `id-${++count}`, digest: `digest-${count}`, ...times, ...parts });
}

await describeWith(
  "A Redis server of our own",
  () => hasProgram("redis-server"),
  () => {
    let server: Awaited<ReturnType<typeof startRedis>>;
    let plain: Redis;
    const endings: (() => unknown)[] = [];

    beforeAll(async () => {
      server = await startRedis();
      plain = new Redis(server.url);
      endings.push(() => server.stop());
      endings.push(() => plain.disconnect());
    });

    afterAll(async () => {
      for (const end of endings.reverse()) await end();
    });

    const openIoRedis = (url = server.url) => {
      const client = new Redis(url, { retryStrategy: () => 5 });
      client.on("error", () => {});
      endings.push(() => client.disconnect());
      return client;
    };

    const openNodeRedis = (url = server.url) => {
      const client = createClient({ url, socket: { reconnectStrategy: 5 } });
      endings.push(() => client.destroy());
      return client;
    };

    const openProxy = async () => {
      const proxy = await LossyProxy.open(server.port);
      endings.push(() => proxy.close());
      return proxy;
    };

    test("a server that is away at the start: the client's own options say what becomes of commands, and it is found later", async () => {
      const port = await freePort();
      const client = createClient({
        url: `redis://127.0.0.1:${port}`,
        disableOfflineQueue: true,
        socket: { reconnectStrategy: 5 },
      });
      endings.push(() => client.destroy());
      const store = redisStore(client, quiet);
      for (let call = 0; call < 3; call++) {
        await expect(Promise.resolve(store.find(["a"], now))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      }
      const late = await startRedis({ port });
      endings.push(() => late.stop());
      await expect.poll(() => Promise.resolve(store.find(["a"], now)).catch(() => "away")).toEqual([null]);
    });

    describe("a connection lost before the answer came", () => {
      test("makes ioredis send a script again: one without a stamp then meets itself", async () => {
        const proxy = await openProxy();
        const client = openIoRedis(proxy.url);
        await client.set("control", "1");
        const script =
          "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'conflict' end redis.call('SET', KEYS[1], ARGV[2])";
        const lost = proxy.loseAnswerTo("redis.call");
        const answer = client.eval(script, 1, "control", "1", "2");
        await lost;
        await proxy.mend();
        expect(await answer).toBe("conflict");
        expect(await plain.get("control")).toBe("2");
      });

      test("a change that is sent twice is made once, whatever was changed in between", async () => {
        const proxy = await openProxy();
        const [store, other] = [redisStore(openIoRedis(proxy.url), quiet), redisStore(openIoRedis(), quiet)];
        const made = record({ data: { count: "1" } });
        await store.create(made);
        await store.update(made.id, { set: { warm: "1" } }, now);
        proxy.sent.length = 0;
        const lost = proxy.loseAnswerTo("evalsha");
        const answer = store.update(made.id, { expect: { count: "1" }, set: { count: "2" } }, now);
        await lost;
        for (let value = 2; value < 40; value++) {
          const change = { expect: { count: `${value}` }, set: { count: `${value + 1}` } };
          expect(await other.update(made.id, change, now)).toMatchObject({ outcome: "updated" });
        }
        await proxy.mend();
        expect(await answer).toMatchObject({ outcome: "updated", record: { version: 41, data: { count: "40" } } });
        expect(proxy.sent.filter((chunk) => chunk.includes("evalsha"))).toHaveLength(2);
      });

      test("a session that was made and destroyed meanwhile is not made by the second sending", async () => {
        const proxy = await openProxy();
        const [store, other] = [redisStore(openIoRedis(proxy.url), quiet), redisStore(openIoRedis(), quiet)];
        await store.create(record());
        const made = record({ userId: "replayed" });
        const lost = proxy.loseAnswerTo(`s:${made.id}`);
        const answer = store.create(made);
        await lost;
        expect(await other.byUser.destroy("replayed")).toEqual([made.id]);
        await proxy.mend();
        expect(await answer).toBe("exists");
        expect(await other.find([made.id], now)).toEqual([null]);
        expect(await other.byUser.list("replayed", now)).toEqual([]);
      });

      test("fails the call of node-redis, which sends nothing twice", async () => {
        const proxy = await openProxy();
        const store = redisStore(openNodeRedis(proxy.url), quiet);
        const made = record();
        await store.create(made);
        await store.update(made.id, { set: { warm: "1" } }, now);
        const lost = proxy.loseAnswerTo("EVALSHA");
        const answer = Promise.resolve(store.update(made.id, { set: { a: "1" } }, now)).catch((error) => error);
        await lost;
        await proxy.mend();
        expect(await answer).toMatchObject({ code: "STORE_UNAVAILABLE" });
        expect(await store.find([made.id], now)).toMatchObject([{ version: 3, data: { a: "1" } }]);
      });

      test("a change that comes after many later ones of its own process is not guessed about", async () => {
        const made = record();
        await redisStore(openIoRedis(), quiet).create(made);
        const send = (order: number) => {
          const stamp = ["proc", `${order}`.padStart(9, "0"), "000000000"] as const;
          return plain.eval(
            updateScript,
            1,
            `coatcheck:s:${made.id}`,
            ...changeArguments({ set: { a: "1" } }, now, stamp, null),
          );
        };
        expect(await send(0)).toMatchObject({ 0: "updated" });
        for (let order = 2; order < 34; order++) expect(await send(order)).toMatchObject({ 0: "updated" });
        expect(await send(33)).toMatchObject({ 0: "updated" });
        expect(await send(1)).toEqual(["unsure"]);
        expect(await plain.hget(`coatcheck:s:${made.id}`, "r")).toContain("\n34\n");
      });
    });

    for (const [name, open] of Object.entries({ "node-redis": openNodeRedis, ioredis: openIoRedis })) {
      test(`${name} finds everything again when the server is back`, async () => {
        const own = await startRedis({ settings: { appendonly: "yes", appendfsync: "always" } });
        endings.push(() => own.stop());
        const store = redisStore(open(own.url), quiet);
        const made = record();
        await store.create(made);
        await own.kill();
        await own.restart();
        const found = async (): Promise<unknown> => {
          try {
            return await store.find([made.id], now);
          } catch {
            return found();
          }
        };
        expect(await found()).toEqual([made]);
        expect(await store.update(made.id, { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
      });

      test(`${name} sends no command on more than one key, none over all keys, and no value that was not asked for`, async () => {
        const store = redisStore(open(), { prefix: `${name}:`, ...quiet });
        const watcher = new Redis(server.url);
        endings.push(() => watcher.disconnect());
        const monitor = await watcher.monitor();
        const seen: string[][] = [];
        monitor.on("monitor", (_: string, args: string[]) => seen.push(args.map(String)));

        const made = record({ data: { cart: "the-cart", step: "the-step" }, userId: "ann" });
        await store.create(made);
        await store.find([made.id, "none"], now);
        await store.update(made.id, { expect: { step: "the-step" }, set: { step: "next-step" } }, now);
        await store.update(made.id, { clear: true, set: { only: "1" }, fields: { userId: "bob" } }, now);
        await store.byUser.list("bob", now);
        await store.destroy(made.id, 1);
        await store.byUser.destroy("bob");
        await plain.echo("the end");
        await expect.poll(() => seen.some(([command]) => command === "echo")).toBe(true);
        monitor.disconnect();

        const ours = seen.filter((args) => args.some((arg) => arg.startsWith(`${name}:`)));
        const names = new Set(ours.map(([command = ""]) => command.toUpperCase()));
        const allowed = ["EVALSHA", "EVAL", "HGETALL", "ZRANGE", "ZREM", "EXISTS", "HSET", "PEXPIREAT", "TYPE", "HGET"];
        const inScripts = ["HDEL", "HKEYS", "DEL", "PEXPIRE", "ZADD", "ZRANGEBYSCORE", "ZREVRANGE", "HEXISTS"];
        expect([...names].filter((command) => ![...allowed, ...inScripts].includes(command))).toEqual([]);
        for (const [command = "", , keys] of ours) if (/^eval/i.test(command)) expect(keys).toBe("1");
        const keysOf = (args: string[]) => args.filter((arg) => arg.startsWith(`${name}:`));
        for (const args of ours) expect(keysOf(args)).toHaveLength(1);
        const carriers = seen.filter((args) => args.includes("the-cart")).map(([command]) => command?.toUpperCase());
        expect(carriers).toEqual(expect.arrayContaining(["HSET"]));
        expect(carriers.filter((command) => command === "HSET")).toHaveLength(1);
      });

      test(`${name} loads the scripts again after SCRIPT FLUSH`, async () => {
        const store = redisStore(open(), quiet);
        const made = record({ userId: `flush-${name}` });
        await plain.script("FLUSH");
        await store.create(made);
        await plain.script("FLUSH");
        const updates = Array.from({ length: 20 }, (_, at) => store.update(made.id, { set: { [`k${at}`]: "1" } }, now));
        for (const answer of await Promise.all(updates)) expect(answer).toMatchObject({ outcome: "updated" });
        await plain.script("FLUSH");
        expect(await store.byUser.destroy(`flush-${name}`)).toEqual([made.id]);
      });

      test(`${name} does not confirm a change that no replica has`, async () => {
        const store = redisStore(open(), { replicas: { wait: 1, timeout: "20ms" }, ...quiet });
        const made = record();
        await expect(Promise.resolve(store.create(made))).rejects.toMatchObject({
          code: "STORE_UNAVAILABLE",
          message: expect.stringContaining("replicas"),
        });
        expect(await store.find([made.id], now)).toEqual([made]);
      });

      test.each<[string, Record<string, string>, readonly RegExp[]]>([
        [
          "evicts",
          { "maxmemory-policy": "allkeys-lru", appendonly: "yes", appendfsync: "always" },
          [/allkeys-lru.*noeviction/],
        ],
        ["keeps no log", { appendonly: "no" }, [/appendonly no.*signed out/]],
        ["flushes every second", { appendonly: "yes", appendfsync: "everysec" }, [/appendfsync everysec.*last second/]],
        ["never flushes", { appendonly: "yes", appendfsync: "no" }, [/appendfsync no/]],
        ["is durable", { appendonly: "yes", appendfsync: "always" }, []],
      ])(`${name} warns once of a server that %s`, async (_, settings, expected) => {
        const own = await startRedis({ settings });
        endings.push(() => own.stop());
        const client = open(own.url);
        const warnings: string[] = [];
        const onWarning = (warning: string) => void warnings.push(warning);
        const store = redisStore(client, { onWarning });
        await store.find(["a"], now);
        await store.find(["b"], now);
        await redisStore(client, { onWarning }).find(["c"], now);
        await expect.poll(() => warnings.length).toBe(expected.length);
        expect(warnings).toEqual(expected.map((text) => expect.stringMatching(text)));
      });
    }
  },
);
