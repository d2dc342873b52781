import type { ByUser, SessionStore } from "../store/port.ts";
import { createStamps } from "./redis-change.ts";
import { kindOf, type Link, type RedisClient } from "./redis-client.ts";
import { createIndex } from "./redis-index.ts";
import { type IoRedis, linkIoRedis } from "./redis-ioredis.ts";
import { createKeys } from "./redis-keys.ts";
import { linkNodeRedis, type NodeRedis } from "./redis-node-redis.ts";
import { type RedisStoreOptions, readOptions } from "./redis-options.ts";
import { createRunner } from "./redis-runner.ts";
import { create, destroy, destroyByUser, find, listByUser, update, type Workshop } from "./redis-steps.ts";

export type { IoRedisClient, NodeRedisClient, RedisClient } from "./redis-client.ts";
export type { RedisStoreOptions, ReplicaOptions } from "./redis-options.ts";

/** A store in Redis or Valkey. */
export interface RedisStore extends SessionStore {
  readonly byUser: ByUser;
}

/**
 * Keeps sessions in Redis 6.2 or later, or in Valkey: a single server, Sentinel, or a cluster.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  const settings = readOptions(client, options);
  const link = linkOf(client);
  const keys = createKeys(link.keyPrefix + settings.prefix);
  const runner = createRunner(link, settings);
  const index = createIndex(runner, keys, settings.runtime);
  const workshop: Workshop = { name: settings.name, link, runner, keys, index, stamps: createStamps(settings.runtime) };
  return {
    name: settings.name,
    find: (ids) => find(workshop, ids),
    create: (record) => create(workshop, record),
    update: (id, change, now) => update(workshop, id, change, now),
    destroy: (id, generation) => destroy(workshop, id, generation),
    byUser: {
      list: (userId) => listByUser(workshop, userId),
      destroy: (userId, except) => destroyByUser(workshop, userId, except),
    },
  };
}

function linkOf(client: RedisClient): Link {
  if (kindOf(client) === "ioredis") return linkIoRedis(client as unknown as IoRedis);
  return linkNodeRedis(client as unknown as NodeRedis);
}
