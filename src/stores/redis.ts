import type { ByUser, SessionStore } from "../store/port.ts";
import { createStamps } from "./redis/change.ts";
import type { Link, RedisClient } from "./redis/client.ts";
import { createKeys } from "./redis/keys.ts";
import { linkOf } from "./redis/link.ts";
import { type RedisSettings, type RedisStoreOptions, readOptions } from "./redis/options.ts";
import { createRunner } from "./redis/runner.ts";
import { create, destroy, destroyByUser, destroyOne, find, listByUser, update, type Workshop } from "./redis/steps.ts";
import { createIndex } from "./redis/user-index.ts";
import { warnOnce } from "./redis/warnings.ts";

export type { BusListener, SessionBus } from "../store/bus.ts";
export { type RedisBusOptions, redisBus } from "./redis/bus.ts";
export type { IoRedisClient, NodeRedisClient, RedisClient } from "./redis/client.ts";
export type { RedisStoreOptions, ReplicaOptions } from "./redis/options.ts";

/** A store in Redis or Valkey. */
export interface RedisStore extends SessionStore {
  readonly byUser: ByUser;
}

/**
 * Keeps sessions in Redis 6.2 or later, or in Valkey, for any number of processes and machines: on a single server, with
 * Sentinel, or in a cluster.
 *
 * The client is yours: one of node-redis (`createClient`, `createClientPool`, `createCluster`, `createSentinel`) or of ioredis
 * (`Redis`, `Cluster`). Nothing happens until the first call, which connects a client of node-redis that was never connected.
 * The store never closes it. One session is one key, every change is one script on it, and reads leave together. Everything
 * goes to the primaries. A change that a client sends again after a lost connection is made once.
 *
 * **Expired.** Redis removes a session a minute after its earlier deadline, by its own clock; the store has no `sweep`. A
 * clock of the application that is far behind the server's, such as a fake one in a test, makes sessions vanish at once.
 *
 * **By user.** `list` and `destroy` are exact under races. `destroy` of a user is atomic for each session, not for all of them
 * together: that is what Redis can do across slots.
 *
 * **Durable** is what the server's settings make it: `appendonly yes` with `appendfsync always`, and `maxmemory-policy
 * noeviction`. The store warns once of others. Replication is asynchronous: a failover may take acknowledged writes back,
 * sign-outs included; see the option `replicas`.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong, or the client would read from replicas. Calls throw
 *   {@link SessionStoreError} `STORE_UNAVAILABLE`: the server did not answer, refused, or has not confirmed; or it cannot be
 *   told whether a change that was sent twice was made.
 *
 * @example
 * const client = createClient({ url: "redis://127.0.0.1:6379" })   // or new Redis("redis://127.0.0.1:6379")
 * const sessions = createSessions({ store: redisStore(client, { prefix: "shop:" }) })
 *
 * @see {@link https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ Redis: persistence}
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  const settings = readOptions(client, options);
  const link = linkOf(client, settings);
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
      destroyOne: (userId, id) => asked(destroyOne(workshop, userId, id)),
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
