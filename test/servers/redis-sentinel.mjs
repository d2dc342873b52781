import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, until } from "./redis-cluster.mjs";
import { freePort, startRedis } from "./redis-server.mjs";

const name = "sessions";

/**
 * Starts a primary, its replica, and a Sentinel that watches them. Resolves when the replica follows and the Sentinel knows
 * both.
 *
 * @param {{ settings?: Record<string, string | number> }} [options]
 */
export async function startRedisSentinel({ settings = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-sentinel-"));
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (options) => {
    const server = await startRedis(options);
    started.push(server);
    return server;
  };

  try {
    const primary = await start({ settings: { "repl-diskless-sync-delay": 0, ...settings } });
    const replica = await start({ settings: { ...settings, replicaof: `127.0.0.1 ${primary.port}` } });
    const port = await freePort();
    const file = join(folder, "sentinel.conf");
    writeFileSync(file, configuration(primary.port));
    const sentinel = await start({ mode: [file, "--sentinel"], port, settings: { save: undefined } });
    await until(async () => (await ask(replica.port, ["INFO", "replication"])).includes("master_link_status:up"));
    await until(async () => (await ask(port, ["SENTINEL", "REPLICAS", name])).includes(String(replica.port)));
    return { name, primary, replica, sentinel, stop, addressOfPrimary };

    /** The port that the Sentinel now names as that of the primary. */
    async function addressOfPrimary() {
      return Number((await ask(port, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name])).split("\n")[1]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(port) {
  return `
sentinel monitor ${name} 127.0.0.1 ${port} 1
sentinel down-after-milliseconds ${name} 500
sentinel failover-timeout ${name} 2000
sentinel parallel-syncs ${name} 1
`;
}
