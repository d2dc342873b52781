import { kindOf, type Link, type RedisClient } from "./redis-client.ts";
import { type IoRedis, linkIoRedis } from "./redis-ioredis.ts";
import { linkNodeRedis, type NodeRedis } from "./redis-node-redis.ts";
import type { Silence } from "./redis-silence.ts";

/** Makes the link over a client, by its structure. With `silence` a client that does not listen for it itself is helped. */
export function linkOf(client: RedisClient, silence: Silence | null = null): Link {
  if (kindOf(client) === "ioredis") return linkIoRedis(client as unknown as IoRedis);
  return linkNodeRedis(client as unknown as NodeRedis, silence);
}
