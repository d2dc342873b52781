import { createClient } from "redis";
import { importBuilt } from "../../races/library.mjs";

/** A client of node-redis, as the documentation advises it. */
export async function openStore({ dist, url, timeLimit }) {
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  const client = createClient({ url, socket: { connectTimeout: timeLimit, socketTimeout: timeLimit } });
  return { store: redisStore(client, { onWarning: null, timeLimit }), close: () => client.destroy() };
}
