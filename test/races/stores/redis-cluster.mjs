import { randomUUID } from "node:crypto";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { startRedisCluster } from "../../servers/redis-cluster.mjs";
import { importBuilt } from "../library.mjs";
import { dumpKeys } from "./redis-dump.mjs";

/** Any number of processes may share one cluster. */
export const processes = "many";

let cluster = null;

/**
 * A prefix for one program, on the cluster at the ports of `REDIS_CLUSTER_PORTS` ("7000,7001"). Without that one is started,
 * and ended together with the last program.
 */
export async function makeTarget() {
  const ports = (process.env.REDIS_CLUSTER_PORTS ?? "").split(",").filter(Boolean).map(Number);
  if (ports.length === 0) cluster ??= startRedisCluster();
  const target = { ports: cluster ? (await cluster).ports : ports, prefix: `coatcheck-races:${randomUUID()}:` };
  return { target, remove: () => removeKeys(target) };
}

/** Ends the cluster that was started here. */
export async function release() {
  const started = await cluster;
  cluster = null;
  await started?.stop();
}

/** Opens the store of a target, in each process anew; half of the processes use one client, half the other. */
export async function openStore(dist, { ports, prefix }) {
  const { redisStore } = await importBuilt(dist, "stores/redis.js");
  const options = { prefix, onWarning: null };
  if (process.pid % 2 === 0) {
    const client = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
    return { store: redisStore(client, options), close: () => client.disconnect() };
  }
  const client = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
  return { store: redisStore(client, options), close: () => client.destroy() };
}

/** Everything under the prefix as text. */
export async function dump({ ports, prefix }) {
  const texts = [];
  await onEachPrimary(ports, async (node) => void texts.push(await dumpKeys(node, prefix)));
  return texts.join("\n");
}

function removeKeys({ ports, prefix }) {
  return onEachPrimary(ports, async (node, client) => {
    for await (const keys of node.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      await Promise.all(keys.map((key) => client.unlink(key)));
    }
  });
}

async function onEachPrimary(ports, work) {
  const client = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
  try {
    await client.cluster("SLOTS");
    for (const node of client.nodes("master")) await work(node, client);
  } finally {
    client.disconnect();
  }
}
