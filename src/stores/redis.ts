import type { ByUser, SessionStore } from "../store/port.ts";
import { createStamps } from "./redis-change.ts";
import { kindOf, type Link, type RedisClient } from "./redis-client.ts";
import { createIndex } from "./redis-index.ts";
import { type IoRedis, linkIoRedis } from "./redis-ioredis.ts";
import { createKeys } from "./redis-keys.ts";
import { linkNodeRedis, type NodeRedis } from "./redis-node-redis.ts";
import { type RedisSettings, type RedisStoreOptions, readOptions } from "./redis-options.ts";
import { createRunner } from "./redis-runner.ts";
import { create, destroy, destroyByUser, find, listByUser, update, type Workshop } from "./redis-steps.ts";
import { warnOnce } from "./redis-warnings.ts";

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
  const asked = askingOnce(client, link, settings);
  return {
    name: settings.name,
    find: (ids) => asked(find(workshop, ids)),
    create: (record) => asked(create(workshop, record)),
    update: (id, change, now) => asked(update(workshop, id, change, now)),
    destroy: (id, generation) => asked(destroy(workshop, id, generation)),
    byUser: {
      list: (userId) => asked(listByUser(workshop, userId)),
      destroy: (userId, except) => asked(destroyByUser(workshop, userId, except)),
    },
  };
}

function linkOf(client: RedisClient): Link {
  if (kindOf(client) === "ioredis") return linkIoRedis(client as unknown as IoRedis);
  return linkNodeRedis(client as unknown as NodeRedis);
}

/** Looks at the server's settings behind the first answer. */
function askingOnce(client: RedisClient, link: Link, settings: RedisSettings): <T>(answer: Promise<T>) => Promise<T> {
  let isAsked = settings.onWarning === null;
  const ask = () => {
    if (!isAsked) warnOnce(client, link, settings).catch(() => {});
    isAsked = true;
  };
  return (answer) => {
    if (!isAsked) answer.then(ask, () => {});
    return answer;
  };
}
