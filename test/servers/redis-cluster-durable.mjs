import { areInstalled } from "./binaries.mjs";
import { ask, startRedisCluster, until } from "./redis-cluster.mjs";

/** Whether a cluster of our own can be started: `true`, or what is missing. */
export const isInstalled = () => areInstalled("redis-server", "redis-cli");

/** Where its nodes are reached, one after another. */
export const urlOf = ({ ports }) => ports.map((port) => `redis://127.0.0.1:${port}`).join(",");

/**
 * Starts a Redis Cluster of our own: three primaries with a replica each, every write on disk before it is acknowledged. A
 * primary can be killed, and slots can be moved.
 */
export async function startServer() {
  const cluster = await startRedisCluster({ settings: { appendonly: "yes", appendfsync: "always" } });
  const { nodes, ports, stop } = cluster;
  const anyOther = (node) => nodes.find((other) => other !== node).port;

  const nodeAt = (address) => nodes.find((node) => address.includes(`:${node.port}@`));
  const linesOf = async (port) => (await ask(port, ["CLUSTER", "NODES"])).split("\n").map((line) => line.split(" "));

  /** The primaries with their ids, as a node that lives sees them. */
  async function primaries(port) {
    const isServing = ([, , flags, , , , , , slots]) => /master/.test(flags) && !/fail/.test(flags) && slots;
    return (await linesOf(port)).filter(isServing).map(([id, address, , , , , , , ...ranges]) => ({
      id,
      node: nodeAt(address),
      slots: ranges.map(sizeOf).reduce((sum, size) => sum + size, 0),
    }));
  }

  async function replicaOf(primary) {
    const [, address] = (await linesOf(ports[0])).find(([, , , master]) => master === primary) ?? [];
    return address && nodeAt(address);
  }

  /** A primary whose replica is known to everybody. */
  async function pickPrimary(pick) {
    let picked;
    await until(async () => {
      const all = await primaries(ports[0]);
      const { id, node } = pick(all);
      picked = { count: all.length, node, replica: await replicaOf(id) };
      return picked.replica !== undefined;
    });
    return picked;
  }

  /**
   * kill -9 of a primary whose replica has heard nothing of it for `lag` milliseconds: as long as the replica hangs it cannot
   * connect again. Resolves when the replica has taken its place.
   */
  async function killPrimary(pick, lag) {
    const { count, node, replica } = await pickPrimary(pick);
    replica.freeze();
    try {
      await ask(node.port, ["CLIENT", "KILL", "TYPE", "replica"]);
      await new Promise((resolve) => setTimeout(resolve, lag));
      await node.kill();
    } finally {
      replica.thaw();
    }
    const port = anyOther(node);
    await until(async () => {
      const now = await primaries(port);
      return now.length === count && now.every((primary) => primary.node !== node) && (await isWhole(port));
    });
    return node;
  }

  /** Starts a node that was killed. Resolves when it follows the one that took its place. */
  async function restart(node) {
    await node.restart();
    await until(async () => {
      const replication = await ask(node.port, ["INFO", "replication"]);
      return /role:slave/.test(replication) && /master_link_status:up/.test(replication);
    });
    await Promise.all(ports.map((port) => until(() => isWhole(port))));
  }

  /** Moves so many slots, with what is in them, to another primary from the one that has the most: none runs out of them. */
  async function moveSlots(pick, count) {
    const all = await primaries(ports[0]);
    const from = all.reduce((most, primary) => (primary.slots > most.slots ? primary : most));
    const to = pick(all.filter((primary) => primary !== from));
    const route = ["--cluster-from", from.id, "--cluster-to", to.id, "--cluster-slots", String(count)];
    await ask(ports[0], ["--cluster", "reshard", `127.0.0.1:${ports[0]}`, ...route, "--cluster-yes"]);
  }

  return { ports, port: ports[0], killPrimary, restart, moveSlots, close: stop };
}

// "0-5460", "7", or "[93-<-…]" for a slot that is on its way.
function sizeOf(range) {
  const [from, to = from] = range.split("-").map(Number);
  return Number.isInteger(from) && Number.isInteger(to) ? to - from + 1 : 0;
}

async function isWhole(port) {
  const info = await ask(port, ["CLUSTER", "INFO"]).catch(() => "");
  return info.includes("cluster_state:ok") && info.includes("cluster_slots_ok:16384");
}
