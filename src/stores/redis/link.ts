import { kindOf, type Link, type RedisClient } from "./client.ts";
import { type IoRedis, linkIoRedis } from "./ioredis.ts";
import { linkNodeRedis, type NodeRedis } from "./node-redis.ts";
import type { Lookout } from "./silence.ts";

/** Makes the link over a client, by its structure. With a lookout a client that does not notice a dead connection is helped. */
export function linkOf(client: RedisClient, lookout: Lookout | null = null): Link {
  if (kindOf(client) === "ioredis") return linkIoRedis(client as unknown as IoRedis);
  return linkNodeRedis(client as unknown as NodeRedis, lookout);
}
