import { Redis } from "ioredis";
import { expect, test } from "vitest";
import type { SessionRecord } from "../../src/store/record.ts";
import { type RedisClient, redisStore } from "../../src/stores/redis.ts";
import { record as anyRecord } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { clients, freshPrefix, reachRedis, redisUrl } from "./redis-clients.ts";

const now = Date.now();
const day = 86_400_000;
let count = 0;

function record(parts: Partial<SessionRecord> = {}): SessionRecord {
  const times = { createdAt: now, lastSeenAt: now, idleExpiresAt: now + day, expiresAt: now + 2 * day };
  return anyRecord({ id: `id-${++count}`, digest: `digest-${count}`, ...times, ...parts });
}

/** A client whose next command on a key stops on its way, before the server has seen it, until it is let go. */
function holding(client: Redis) {
  let word: string | null = null;
  let onHeld = () => {};
  let letGo = () => {};

  async function call(name: string, ...args: string[]): Promise<unknown> {
    if (word !== null && args.some((arg) => arg.includes(word as string))) {
      word = null;
      onHeld();
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    }
    return client.call(name, ...args);
  }

  const hold = (next: string) => {
    word = next;
    return new Promise<void>((resolve) => {
      onHeld = resolve;
    });
  };
  const held = { status: "ready", call, pipeline: () => client.pipeline() };
  return { client: held as unknown as RedisClient, hold, letGo: () => letGo() };
}

await describeWith("The index of users", reachRedis, () => {
  const prefix = freshPrefix();
  const options = { prefix, onWarning: null };
  const plain = clients[1]?.open() as unknown as Redis;
  const store = redisStore(plain as unknown as RedisClient, options);
  const slow = holding(new Redis(redisUrl));
  const late = redisStore(slow.client, options);
  const signIn = (made: SessionRecord, userId: string) => ({
    generation: made.generation,
    raiseGeneration: true as const,
    token: { from: made.digest, to: `${made.digest}-next`, graceEndsAt: now },
    fields: { userId, idleExpiresAt: now + day, expiresAt: now + 2 * day },
  });

  test("has the entry before the session: a sign-in that is overtaken by a revoke is listed afterwards", async () => {
    const made = record();
    await store.create(made);
    const held = slow.hold(`s:${made.id}`);
    const signedIn = late.update(made.id, signIn(made, "ann"), now);
    await held;
    expect(await plain.zcard(`${prefix}u:ann`)).toBe(1);
    expect(await store.byUser.destroy("ann")).toEqual([]);
    slow.letGo();
    expect(await signedIn).toMatchObject({ outcome: "updated" });
    expect(await store.byUser.list("ann", now)).toMatchObject([{ id: made.id }]);
    expect(await store.byUser.destroy("ann")).toEqual([made.id]);
  });

  test("a new session that is overtaken by a revoke is listed afterwards", async () => {
    const made = record({ userId: "bea" });
    const held = slow.hold(`s:${made.id}`);
    const created = late.create(made);
    await held;
    expect(await store.byUser.destroy("bea")).toEqual([]);
    slow.letGo();
    expect(await created).toBe("created");
    expect(await store.byUser.list("bea", now)).toMatchObject([{ id: made.id }]);
  });

  test("an entry is not lost to the late tidying of an earlier session with the same id", async () => {
    const first = record({ userId: "carl" });
    await store.create(first);
    const held = slow.hold(`u:carl`);
    expect(await late.destroy(first.id)).toBe("destroyed");
    await held;
    const second = record({ id: first.id, userId: "carl" });
    expect(await store.create(second)).toBe("created");
    slow.letGo();
    await plain.ping();
    await expect.poll(() => plain.zcard(`${prefix}u:carl`)).toBe(1);
    expect(await store.byUser.list("carl", now)).toEqual([second]);
  });

  test("a process that ends between entry and session leaves an entry that harms nobody and dies", async () => {
    const made = record({ userId: "dora" });
    const held = slow.hold(`s:${made.id}`);
    void Promise.resolve(late.create(made)).catch(() => {});
    await held;
    const other = record({ userId: "dora" });
    await store.create(other);
    expect(await store.byUser.list("dora", now)).toEqual([other]);
    expect(await plain.zcard(`${prefix}u:dora`)).toBe(2);
    await store.create(record({ userId: "dora", lastSeenAt: now + 3 * day, expiresAt: now + 5 * day }));
    expect(await plain.zcard(`${prefix}u:dora`)).toBe(1);
  });

  test("an entry that cannot be read keeps nobody from being listed and signed out", async () => {
    const made = record({ userId: "eve" });
    await store.create(made);
    await plain.zadd(`${prefix}u:eve`, now + day, Buffer.from("tag-tag-\\\xff", "latin1"));
    expect(await store.byUser.list("eve", now)).toEqual([made]);
    expect(await store.byUser.destroy("eve")).toEqual([made.id]);
  });

  test("a session that changes its user leaves the old one", async () => {
    const made = record({ userId: "emil" });
    await store.create(made);
    expect(await store.update(made.id, signIn(made, "fay"), now)).toMatchObject({ outcome: "updated" });
    expect(await store.byUser.list("emil", now)).toEqual([]);
    expect(await store.byUser.destroy("emil")).toEqual([]);
    expect(await store.byUser.list("fay", now)).toMatchObject([{ id: made.id }]);
    await expect.poll(() => plain.exists(`${prefix}u:emil`)).toBe(0);
  });

  test("a sign-in that is tried again with the same digest is listed once", async () => {
    const made = record();
    await store.create(made);
    const change = signIn(made, "gus");
    expect(await store.update(made.id, change, now)).toMatchObject({ outcome: "updated" });
    expect(await store.update(made.id, change, now)).toMatchObject({ outcome: "updated" });
    expect(await store.byUser.list("gus", now)).toMatchObject([{ id: made.id }]);
    expect(await store.byUser.destroy("gus")).toEqual([made.id]);
    expect(await store.byUser.list("gus", now)).toEqual([]);
  });

  test("an entry lives as long as its session, however that is prolonged", async () => {
    const made = record({ userId: "hal" });
    await store.create(made);
    await store.update(made.id, { fields: { expiresAt: now + 9 * day } }, now);
    const [, score] = await plain.zrange(`${prefix}u:hal`, "0", "-1", "WITHSCORES");
    expect(Number(score)).toBe(now + 9 * day + 60_000);
    expect(await plain.pexpiretime(`${prefix}u:hal`)).toBe(now + 9 * day + 60_000);
    await store.update(made.id, { fields: { expiresAt: now + day } }, now);
    expect(await plain.pexpiretime(`${prefix}u:hal`)).toBe(now + 9 * day + 60_000);
  });

  test("a destroyed session leaves no entry", async () => {
    const made = record({ userId: "ida" });
    await store.create(made);
    expect(await store.destroy(made.id)).toBe("destroyed");
    await expect.poll(() => plain.exists(`${prefix}u:ida`)).toBe(0);
  });

  test("a session that its user ended leaves no entry, and one of somebody else keeps its own", async () => {
    const [own, foreign] = [record({ userId: "kim" }), record({ userId: "lea" })];
    for (const made of [own, foreign]) await store.create(made);
    expect(await store.byUser.destroyOne("kim", foreign.id)).toBe("missing");
    expect(await store.byUser.destroyOne("kim", own.id)).toBe("destroyed");
    await expect.poll(() => plain.exists(`${prefix}u:kim`)).toBe(0);
    expect(await store.byUser.list("lea", now)).toEqual([foreign]);
  });

  test("a user of many sessions is revoked whole", async () => {
    const all = Array.from({ length: 450 }, () => record({ userId: "joe" }));
    await Promise.all(all.map((made) => store.create(made)));
    expect(await store.byUser.list("joe", now)).toHaveLength(450);
    expect(await store.byUser.destroy("joe", all[7]?.id)).toHaveLength(449);
    expect(await store.byUser.list("joe", now)).toEqual([all[7]]);
  });
});
