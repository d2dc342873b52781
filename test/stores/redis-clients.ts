import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll } from "vitest";
import type { RedisClient } from "../../src/stores/redis.ts";

/** The server that the tests share with others. */
export const redisUrl = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";

/** Tells whether a server answers. */
export async function reachRedis(url = redisUrl): Promise<true | string> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return `is not reachable at ${url}`;
  } finally {
    client.disconnect();
  }
}

/** A prefix of its own for each use, and the end of whatever is under it after the tests of the file. */
export function freshPrefix(): string {
  const prefix = `coatcheck-test:${crypto.randomUUID()}:`;
  afterAll(() => removeKeys(prefix));
  return prefix;
}

async function removeKeys(prefix: string): Promise<void> {
  const client = new Redis(redisUrl);
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  client.disconnect();
}

/** The clients that are tested on a single server. Each is closed after the tests of the file. */
export const clients: ReadonlyArray<{ readonly name: string; open(url?: string): RedisClient }> = [
  {
    name: "node-redis",
    open(url = redisUrl) {
      const client = createClient({ url });
      afterAll(() => client.isOpen && client.destroy());
      return client;
    },
  },
  {
    name: "ioredis",
    open(url = redisUrl) {
      const client = new Redis(url);
      afterAll(() => client.disconnect());
      return client;
    },
  },
];
