import { Cluster } from "ioredis";
import { importBuilt } from "../../races/library.mjs";

/** A cluster client of ioredis, as the documentation advises it. */
export async function openStore({ dist, url, timeLimit, broken }) {
  const replicas = broken === "doesNotWait" ? undefined : { wait: 1 };
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  const redisOptions = { connectTimeout: timeLimit, socketTimeout: timeLimit };
  const client = new Cluster(url.split(","), { redisOptions, lazyConnect: true });
  client.on("error", () => undefined);
  return { store: redisStore(client, { onWarning: null, replicas }), close: () => client.disconnect() };
}
