import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { services } from "../../services.mjs";
import { importBuilt } from "../library.mjs";
import { dumpKeys } from "./redis-dump.mjs";

const { redis: url } = services;

/** Any number of processes may share one server. */
export const processes = "many";

/** A prefix for one program. */
export function makeTarget() {
  const prefix = `coatcheck-races:${randomUUID()}:`;
  return { target: prefix, remove: () => removeKeys(prefix) };
}

/** Opens the store of a prefix, in each process anew; half of the processes use one client, half the other. */
export async function openStore(dist, prefix) {
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  if (process.pid % 2 === 0) {
    const client = new Redis(url);
    return { store: redisStore(client, { prefix, onWarning: null }), close: () => client.disconnect() };
  }
  const client = createClient({ url });
  return { store: redisStore(client, { prefix, onWarning: null }), close: () => client.destroy() };
}

/** Everything under the prefix as text. */
export async function dump(prefix) {
  const client = new Redis(url);
  try {
    return await dumpKeys(client, prefix);
  } finally {
    client.disconnect();
  }
}

async function removeKeys(prefix) {
  const client = new Redis(url);
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  client.disconnect();
}
