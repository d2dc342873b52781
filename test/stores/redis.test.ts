import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { beforeAll, describe, expect, test } from "vitest";
import { isSessionError } from "../../src/errors.ts";
import type { SessionRecord } from "../../src/store/record.ts";
import { type RedisClient, type RedisStoreOptions, redisStore } from "../../src/stores/redis.ts";
import { record as anyRecord } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { clients, freshPrefix, reachRedis, redisUrl } from "./redis-clients.ts";

const now = Date.now();
const day = 86_400_000;
const plain = new Redis(redisUrl, { lazyConnect: true });
let count = 0;

function record(parts: Partial<SessionRecord> = {}): SessionRecord {
  const times = { createdAt: now, lastSeenAt: now, idleExpiresAt: now + day, expiresAt: now + 2 * day };
  return anyRecord({ id: `id-${++count}`, digest: `digest-${count}`, ...times, ...parts });
}

describe("redisStore refuses", () => {
  const client = { status: "ready", call: async () => null };

  test.each<[string, RedisStoreOptions, string]>([
    ["a prefix with braces", { prefix: "{app}:" }, "prefix must be"],
    ["a prefix with a pattern", { prefix: "app*" }, "prefix must be"],
    ["an empty prefix", { prefix: "" }, "prefix must be"],
    ["an unknown option", { prefiks: "a" } as RedisStoreOptions, 'there is no option "prefiks"'],
    ["no replicas to wait for", { replicas: { wait: 0 } }, "replicas.wait must be"],
    ["no duration", { replicas: { wait: 1, timeout: "soon" as "1s" } }, "replicas.timeout must be"],
    ["no function", { onWarning: "yes" as unknown as null }, "onWarning must be"],
  ])("%s", (_, options, problem) => {
    expect(failureOf(() => redisStore(client, options))).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(problem),
    });
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["an address", "redis://127.0.0.1"],
    ["a promise", Promise.resolve()],
    ["a pool of SQL connections", { query: () => [] }],
    ["a client that reads from replicas", { ...client, isCluster: true, options: { scaleReads: "slave" } }],
    ["a client of a replica", { ...client, options: { role: "slave" } }],
    ["a client that only reads", { ...client, options: { readOnly: true } }],
  ])("%s in the place of a client", (_, given) => {
    expect(failureOf(() => redisStore(given as RedisClient))).toMatchObject({ code: "CONFIG_INVALID" });
  });
});

for (const { name, open } of clients) {
  await describeWith(`Redis through ${name}`, reachRedis, () => {
    const prefix = freshPrefix();
    const store = redisStore(open(), { prefix, onWarning: null });

    beforeAll(() => plain.connect().catch(() => {}));

    test("keeps everything but the data in one field, and each data key in one of its own", async () => {
      const made = record({ id: "layout", data: { cart: "[1]", "": "2" }, userId: "ann" });
      await store.create(made);
      const hash = await plain.hgetall(`${prefix}s:layout`);
      expect(Object.keys(hash).sort()).toEqual([".", ".cart", "r"]);
      expect(hash[".cart"]).toBe("[1]");
      expect(await plain.zcard(`${prefix}u:ann`)).toBe(1);
    });

    test("lets a key live a minute longer than its session, and moves that with the deadlines", async () => {
      const made = record();
      const key = `${prefix}s:${made.id}`;
      await store.create(made);
      expect(await plain.pexpiretime(key)).toBe(made.idleExpiresAt + 60_000);
      await store.update(
        made.id,
        { touch: { lastSeenAt: now + 1, idleExpiresAt: now + 3, ifSeenBefore: now + 1 } },
        now,
      );
      expect(await plain.pexpiretime(key)).toBe(now + 3 + 60_000);
      await store.update(made.id, { fields: { idleExpiresAt: now + 9 * day, expiresAt: now + 5 * day } }, now);
      expect(await plain.pexpiretime(key)).toBe(now + 5 * day + 60_000);
    });

    test("finds a session that expired a moment ago", async () => {
      const made = record({ idleExpiresAt: now - 1, expiresAt: now });
      await store.create(made);
      expect(await store.find([made.id], now)).toEqual([made]);
      expect(await store.update(made.id, { set: { a: "1" } }, now)).toEqual({ outcome: "missing" });
    });

    test("writes nothing when nothing is to be written", async () => {
      const made = record({ data: { a: "1" } });
      const key = `${prefix}s:${made.id}`;
      await store.create(made);
      const before = await plain.hgetall(key);
      const late = { lastSeenAt: now + 5, idleExpiresAt: now + day + 5, ifSeenBefore: now };
      for (const change of [{}, { touch: late }, { expect: { a: "1" } }, { generation: 1 }]) {
        expect(await store.update(made.id, change, now)).toEqual({ outcome: "updated", record: made });
      }
      expect(await plain.hgetall(key)).toEqual(before);
    });

    test("keeps stores of different prefixes apart, even if one begins like the other", async () => {
      const other = redisStore(open(), { prefix: `${prefix}u:`, onWarning: null });
      const [mine, theirs] = [record({ id: "same", userId: "u:ann" }), record({ id: "same", userId: "ann" })];
      expect(await store.create(mine)).toBe("created");
      expect(await other.create(theirs)).toBe("created");
      expect(await store.find(["same"], now)).toEqual([mine]);
      expect(await other.find(["same"], now)).toEqual([theirs]);
      expect(await other.byUser.destroy("ann")).toEqual(["same"]);
      expect(await store.byUser.list("u:ann", now)).toEqual([mine]);
    });

    const damages: Record<string, (key: string) => Promise<unknown>> = {
      "a text in its place": (key) => plain.multi().del(key).set(key, "garbage").exec(),
      "a list in its place": (key) => plain.multi().del(key).rpush(key, "garbage").exec(),
      "no packed field": (key) => plain.hdel(key, "r"),
      "an empty packed field": (key) => plain.hset(key, "r", ""),
      "a packed field of another format": (key) => plain.hset(key, "r", "9\n1\n2"),
      "too few lines": (key) => plain.hset(key, "r", "1\n1\n2\n3"),
      "lines that are no numbers": async (key) => plain.hset(key, "r", (await linesOf(key)).with(2, "soon").join("\n")),
      "an instant beyond exact numbers": async (key) =>
        plain.hset(key, "r", (await linesOf(key)).with(3, "9223372036854775807").join("\n")),
      "a creation that is no instant": async (key) =>
        plain.hset(key, "r", (await linesOf(key)).with(12, "").join("\n")),
      "neither yes nor no": async (key) => plain.hset(key, "r", (await linesOf(key)).with(14, "2").join("\n")),
      "bytes that are not UTF-8": (key) => plain.hset(key, ".cart", Buffer.from([0x22, 0xff, 0x22])),
      "a user that is not UTF-8": async (key) =>
        plain.hset(key, "r", Buffer.from((await linesOf(key)).with(9, "a\xff").join("\n"), "latin1")),
      "escapes that are broken": (key) => plain.hset(key, ".cart", '\\"a'),
    };

    async function linesOf(key: string): Promise<string[]> {
      return ((await plain.hget(key, "r")) ?? "").split("\n");
    }

    test.each(Object.entries(damages))("a key with %s is corrupt and harms no other", async (_, damage) => {
      const [sound, hurt] = [record({ userId: "bea" }), record({ userId: "bea", data: { cart: "[1]" } })];
      await store.create(sound);
      await store.create(hurt);
      await damage(`${prefix}s:${hurt.id}`);
      const corrupt = { id: hurt.id, corrupt: expect.any(String) };
      expect(await store.find([sound.id, hurt.id, "none", sound.id], now)).toEqual([sound, corrupt, null, sound]);
      expect(await store.byUser.list("bea", now)).toEqual([sound]);
      expect(await store.create(record({ id: hurt.id }))).toBe("exists");
      expect(await store.update(hurt.id, { set: { a: "1" } }, now)).toEqual({ outcome: "missing" });
      expect(await store.update(sound.id, { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
      expect(await store.destroy(hurt.id)).toBe("destroyed");
      expect(await store.find([hurt.id], now)).toEqual([null]);
      await store.destroy(sound.id);
    });

    test("a destroyed session leaves no data, and cannot be made again by the same write", async () => {
      const made = record({ data: { cart: "[1]" }, userId: "carl" });
      await store.create(made);
      await store.destroy(made.id);
      expect(await plain.hgetall(`${prefix}s:${made.id}`)).toEqual({ x: made.digest });
      expect(await plain.pttl(`${prefix}s:${made.id}`)).toBeLessThanOrEqual(300_000);
      expect(await store.create(made)).toBe("exists");
      expect(await store.find([made.id], now)).toEqual([null]);
      expect(await store.destroy(made.id)).toBe("missing");
      expect(await store.create({ ...made, digest: "another" })).toBe("created");
    });

    test("an error shows no argument of its command, however deep one looks", async () => {
      const made = record({ userId: "secret-user", data: { cart: "secret-data" }, digest: "secret-digest" });
      await plain.set(`${prefix}u:secret-user`, "not a sorted set");
      const failure = await Promise.resolve(store.create(made)).catch((error) => error);
      expect(failure).toMatchObject({ name: "SessionStoreError", code: "STORE_UNAVAILABLE" });
      expect(failure.cause.message).toMatch(/WRONGTYPE/);
      expect(inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toMatch(/secret/);
    });
  });
}

await describeWith("A client of node-redis", reachRedis, () => {
  test("is connected at the first call, and not before", async () => {
    const client = createClient({ url: redisUrl });
    const store = redisStore(client, { prefix: freshPrefix(), onWarning: null });
    expect(client.isOpen).toBe(false);
    await Promise.all([store.find(["a"], now), store.find(["b"], now)]);
    expect(client.isReady).toBe(true);
    client.destroy();
    await expect(Promise.resolve(store.find(["a"], now))).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      hint: expect.stringContaining("closed"),
    });
    expect(client.isOpen).toBe(false);
  });

  test("with mappings and a key prefix of its own gives the same records, under that prefix", async () => {
    const prefix = freshPrefix();
    const client = createClient({
      url: redisUrl,
      keyPrefix: prefix,
      commandOptions: { typeMapping: { 36: Buffer, 37: Map } },
    });
    const store = redisStore(client, { onWarning: null });
    const made = record({ data: { cart: "[1]" }, userId: "dora" });
    await store.create(made);
    expect(await store.find([made.id, made.id], now)).toEqual([made, made]);
    expect(await store.byUser.list("dora", now)).toEqual([made]);
    expect(await plain.exists(`${prefix}coatcheck:s:${made.id}`)).toBe(1);
    client.destroy();
  });

  test("of the older protocol gives the same records", async () => {
    const client = createClient({ url: redisUrl, RESP: 2 });
    const store = redisStore(client, { prefix: freshPrefix(), onWarning: null });
    const made = record({ data: { cart: "[1]" }, userId: "emil" });
    await store.create(made);
    expect(await store.find([made.id, made.id], now)).toEqual([made, made]);
    client.destroy();
  });
});

await describeWith("A client of ioredis", reachRedis, () => {
  test("with a key prefix and mappings of its own gives the same records, under that prefix", async () => {
    const prefix = freshPrefix();
    const client = new Redis(redisUrl, { keyPrefix: prefix, replyMapping: "resp3", enableAutoPipelining: true });
    const store = redisStore(client, { onWarning: null });
    const made = record({ data: { cart: "[1]" }, userId: "finn" });
    await store.create(made);
    expect(await store.find([made.id, made.id], now)).toEqual([made, made]);
    expect(await store.byUser.destroy("finn")).toEqual([made.id]);
    expect(await plain.exists(`${prefix}coatcheck:s:${made.id}`)).toBe(1);
    client.disconnect();
  });
});

function failureOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    if (isSessionError(error)) return error;
    throw error;
  }
  return undefined;
}
