// Redis through node-redis and through ioredis, one connection each.
import { createRequire } from "node:module";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { countCommands, countPipelines, newCounter } from "../counting.mjs";
import { expressSession, nextServerSession, nextSession } from "../peers.mjs";
import { perTick, rawRead, rawVisitors } from "../visitors.mjs";

const require = createRequire(import.meta.url);
const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
const prefix = `coatcheck-bench-${process.pid}:`;

export const title = "Redis (node-redis and ioredis, one connection each)";
export const where = "REDIS_URL";

/** Connects; every key begins with a prefix of its own, or is removed by name. */
export async function open() {
  const counter = newCounter();
  const node = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 2_000 } });
  node.on("error", () => {});
  await node.connect();
  const io = new Redis(url);
  const inner = Object.getPrototypeOf(node); // what createClient gives is a cover of the client
  countCommands(counter, inner, "sendCommand");
  countPipelines(counter, inner, "_executePipeline");
  countCommands(counter, Redis.prototype, "sendCommand"); // one of the peers makes its own client
  const version = /redis_version:(\S+)/.exec(await node.info("server"))?.[1];
  const unprefixed = new Set();
  return {
    counter,
    node,
    io,
    unprefixed,
    version: `Redis ${version}, redis ${require("redis/package.json").version}, ioredis ${require("ioredis/package.json").version}`,
    async close() {
      for await (const keys of node.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 }))
        if (keys.length > 0) await node.unlink(keys);
      if (unprefixed.size > 0) await node.unlink([...unprefixed]);
      node.destroy();
      io.disconnect();
    },
  };
}

/** What the drivers and the server allow: each sends the commands of one tick together. */
export async function limits({ node, io }) {
  const visitors = rawVisitors();
  const keyOf = (id) => `${prefix}raw:${id}`;
  for (const { id, json } of visitors) await node.set(keyOf(id), json);
  const findAll = async (ids) => {
    const found = await node.mGet(ids.map(keyOf));
    return new Map(ids.map((id, at) => [id, found[at]]));
  };
  const untimed = node.withCommandOptions({ timeout: undefined });
  const single = rawRead("raw GET, node-redis", visitors, (id) => node.get(keyOf(id)));
  return {
    batched: single,
    single,
    more: [
      rawRead("raw GET, node-redis without a timer for each command", visitors, (id) => untimed.get(keyOf(id))),
      rawRead("raw GET, ioredis", visitors, (id) => io.get(keyOf(id))),
      rawRead("raw MGET for each tick, node-redis", visitors, perTick(findAll)),
    ],
    write: {
      name: "raw GET, then SET",
      run: async (step) => {
        const key = keyOf(visitors[step % visitors.length].id);
        return node.set(key, await node.get(key));
      },
    },
  };
}

export async function stores({ node, io }) {
  const { redisStore } = await import("../../dist/stores/redis.js");
  return {
    "coatcheck redisStore, node-redis": { store: redisStore(node, { prefix: `${prefix}n:` }), share: 0.6 },
    "coatcheck redisStore, ioredis": {
      store: redisStore(io, { prefix: `${prefix}i:` }),
      share: 0.5,
      of: "raw GET, ioredis",
    },
  };
}

export async function peers(connection) {
  const { node } = connection;
  const { RedisStore } = await import("connect-redis");
  const { promisifyStore } = await import("next-session/lib/compat");
  return {
    "express-session, connect-redis": () => expressSession(new RedisStore({ client: node, prefix: `${prefix}e:` })),
    "next-session, connect-redis": () => {
      return nextSession(promisifyStore(new RedisStore({ client: node, prefix: `${prefix}x:` })));
    },
    "next-server-session": () => nextServerSession(nextServerStore(connection)),
  };
}

// It connects by itself, and its keys have a fixed beginning: they are remembered, to be removed one by one.
function nextServerStore({ unprefixed }) {
  const { createRedisSessionStore } = require("next-server-session/dist/redisSessionStore.js");
  const { hostname, port, pathname } = new URL(url);
  const store = createRedisSessionStore(undefined, hostname, Number(port || 6379), Number(pathname.slice(1) || 0));
  const noting = (method) => (id, data) => {
    unprefixed.add(`sess_${id}`);
    return method(id, data);
  };
  return { ...store, set: noting(store.set), merge: noting(store.merge) };
}
