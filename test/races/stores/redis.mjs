import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { importBuilt } from "../library.mjs";

const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";

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

async function removeKeys(prefix) {
  const client = new Redis(url);
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  client.disconnect();
}
