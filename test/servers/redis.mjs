import { connect } from "node:net";
import { areInstalled, findBinary } from "./binaries.mjs";
import { PrivateServer } from "./private-server.mjs";

/** Whether a Redis of our own can be started: `true`, or what is missing. */
export const isInstalled = () => areInstalled("redis-server");

/** Where a server is reached. */
export const urlOf = ({ port }) => `redis://127.0.0.1:${port}`;

/** Starts a Redis of our own, on durable settings: each write is on disk before it is acknowledged. */
export function startServer() {
  return PrivateServer.open({
    name: "redis",
    binary: findBinary("redis-server"),
    argsOf: ({ port, folder }) => [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--appendonly", "yes", "--appendfsync", "always", "--save", ""],
    ],
    ask: ({ port }) => ping(port),
  });
}

/** Resolves when the server answers PING with PONG: while it loads its data it answers otherwise. */
export async function ping(port) {
  const socket = connect({ host: "127.0.0.1", port, timeout: 2_000 });
  try {
    const answer = await new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("closed")));
      socket.once("timeout", () => reject(new Error("no answer")));
      socket.once("data", (bytes) => resolve(String(bytes)));
      socket.write("PING\r\n");
    });
    if (!answer.startsWith("+PONG")) throw new Error(answer);
  } finally {
    socket.destroy();
  }
}
