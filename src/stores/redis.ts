import type { ByUser, SessionStore } from "../store/port.ts";
import { createStamps } from "./redis-change.ts";
import type { Link, RedisClient } from "./redis-client.ts";
import { createIndex } from "./redis-index.ts";
import { createKeys } from "./redis-keys.ts";
import { linkOf } from "./redis-link.ts";
import { type RedisSettings, type RedisStoreOptions, readOptions } from "./redis-options.ts";
import { createRunner } from "./redis-runner.ts";
import { createSilence } from "./redis-silence.ts";
import { create, destroy, destroyByUser, find, listByUser, update, type Workshop } from "./redis-steps.ts";
import { warnOnce } from "./redis-warnings.ts";

export type { BusListener, SessionBus } from "../store/bus.ts";
export { type RedisBusOptions, redisBus } from "./redis-bus.ts";
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
  const link = linkOf(client, createSilence(settings.runtime, settings.timeLimitMs));
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
