import { createClient } from "redis";
import { importBuilt } from "../../races/library.mjs";

/** Also after what makes the client give up by default. */
const reconnectStrategy = (retries) => Math.min(50 + retries * 100, 1_000);

/** A client of node-redis, as the documentation advises it. */
export async function openStore({ dist, url, timeLimit }) {
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  const client = createClient({ url, socket: { connectTimeout: timeLimit, reconnectStrategy } });
  return { store: redisStore(client, { onWarning: null, timeLimit }), close: () => client.destroy() };
}
