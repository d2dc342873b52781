import { areInstalled } from "./binaries.mjs";
import { startRedis } from "./redis-server.mjs";

/** Whether a Redis of our own can be started: `true`, or what is missing. */
export const isInstalled = () => areInstalled("redis-server");

/** Where a server is reached. */
export const urlOf = ({ port }) => `redis://127.0.0.1:${port}`;

/** Starts a Redis of our own on durable settings, to be killed: each write is on the disk before it is acknowledged. */
export async function startServer() {
  const redis = await startRedis({ settings: { appendonly: "yes", appendfsync: "always" } });
  const { port, folder } = redis;
  return { port, folder, kill: redis.kill, start: redis.restart, close: redis.stop };
}
