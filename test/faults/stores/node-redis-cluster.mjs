import { createCluster } from "redis";
import { importBuilt } from "../../races/library.mjs";

/** A cluster client of node-redis, as the documentation advises it. */
export async function openStore({ dist, url, timeLimit, broken }) {
  const replicas = broken === "doesNotWait" ? undefined : { wait: 1 };
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  const rootNodes = url.split(",").map((node) => ({ url: node }));
  const client = createCluster({
    rootNodes,
    defaults: { socket: { connectTimeout: timeLimit, socketTimeout: timeLimit } },
  });
  client.on("error", () => undefined);
  return { store: redisStore(client, { onWarning: null, replicas }), close: () => client.destroy() };
}
