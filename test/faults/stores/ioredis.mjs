import { Redis } from "ioredis";
import { importBuilt } from "../../races/library.mjs";

/** A client of ioredis, as the documentation advises it. */
export async function openStore({ dist, url, timeLimit }) {
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  const client = new Redis(url, {
    connectTimeout: timeLimit,
    socketTimeout: timeLimit,
    // What waits for a connection fails with the first attempt that does, and does not pile up.
    maxRetriesPerRequest: 1,
    lazyConnect: true,
  });
  client.on("error", () => undefined);
  return { store: redisStore(client, { onWarning: null }), close: () => client.disconnect() };
}
