import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePort, startRedis } from "./redis-server.mjs";

const execute = promisify(execFile);
const cli = process.env.REDIS_CLI ?? "redis-cli";
const busAbove = 10_000;

/**
 * Starts a Redis Cluster on loopback: three primaries with a replica each. Resolves when all of it serves and every replica
 * follows its primary.
 *
 * @param {{ settings?: Record<string, string | number>, primaries?: number }} [options]
 */
export async function startRedisCluster({ settings = {}, primaries = 3 } = {}) {
  const nodes = [];
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    for (let count = 0; count < primaries * 2; count++) nodes.push(await startNode(settings));
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await execute(cli, ["--cluster", "create", ...addresses, "--cluster-replicas", "1", "--cluster-yes"]);
    await Promise.all(nodes.map(({ port }) => until(() => serves(port))));
    return { nodes, ports: nodes.map(({ port }) => port), ask, primaryOf, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  /** The node that a key lies on now, as the first node in reach tells. */
  async function primaryOf(key) {
    for (const { port } of nodes) {
      const slot = await ask(port, ["CLUSTER", "KEYSLOT", key]).catch(() => null);
      if (slot === null) continue;
      const holder = (await ask(port, ["CLUSTER", "NODES"])).split("\n").find((line) => holds(line, Number(slot)));
      const at = Number(/:(\d+)@/.exec(holder ?? "")?.[1]);
      return nodes.find((node) => node.port === at);
    }
    return undefined;
  }
}

/** Sends a command to one node by redis-cli, and answers its text. */
export async function ask(port, command) {
  const { stdout } = await execute(cli, ["-p", String(port), ...command]);
  return stdout.trim();
}

/** Asks again and again until something is so, each time after the answer of the time before. */
export async function until(isSo, limit = 30_000) {
  const end = Date.now() + limit;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error("This did not come about in time.");
  }
}

async function startNode(settings) {
  const port = await freePort(busAbove);
  const ofCluster = { "cluster-enabled": "yes", "cluster-node-timeout": 2_000, "repl-diskless-sync-delay": 0 };
  return startRedis({ port, settings: { ...ofCluster, ...settings } });
}

async function serves(port) {
  if (!(await ask(port, ["CLUSTER", "INFO"])).includes("cluster_state:ok")) return false;
  const replication = await ask(port, ["INFO", "replication"]);
  if (replication.includes("role:slave")) return replication.includes("master_link_status:up");
  return replication.includes("connected_slaves:1") && replication.includes("state=online");
}

function holds(line, slot) {
  const [, , flags = "", , , , , , ...ranges] = line.split(" ");
  if (!flags.includes("master") || flags.includes("fail")) return false;
  return ranges.some((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return slot >= from && slot <= to;
  });
}
