import { kindOf, type Link, type RedisClient } from "./redis-client.ts";
import { type IoRedis, linkIoRedis } from "./redis-ioredis.ts";
import { linkNodeRedis, type NodeRedis } from "./redis-node-redis.ts";

/** Makes the link over a client, by its structure. */
export function linkOf(client: RedisClient): Link {
  if (kindOf(client) === "ioredis") return linkIoRedis(client as unknown as IoRedis);
  return linkNodeRedis(client as unknown as NodeRedis);
}
