import { join } from "node:path";
import pg from "pg";
import { areInstalled, findBinary } from "./binaries.mjs";
import { PrivateServer } from "./private-server.mjs";

/** Whether a PostgreSQL of our own can be started: `true`, or what is missing. */
export const isInstalled = () => areInstalled("postgres", "initdb");

/** Where a server is reached. */
export const urlOf = ({ port }) => `postgres://postgres@127.0.0.1:${port}/postgres`;

const dataOf = ({ folder }) => join(folder, "data");

// Nothing acknowledged may be lost: these are the defaults, said aloud.
const durable = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

/** Starts a PostgreSQL of our own, on durable settings. */
export function startServer() {
  return PrivateServer.open({
    name: "postgres",
    owner: "postgres",
    binary: findBinary("postgres"),
    stopSignal: "SIGINT",
    prepare: (server) =>
      server.run(findBinary("initdb"), [
        "-D",
        dataOf(server),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
      ]),
    argsOf: (server) => {
      const place = [`port=${server.port}`, "listen_addresses=127.0.0.1", "unix_socket_directories="];
      const settings = [...place, ...durable, "max_connections=200", "shared_buffers=32MB"];
      return ["-D", dataOf(server), ...settings.flatMap((setting) => ["-c", setting])];
    },
    async ask(server) {
      const client = new pg.Client({ connectionString: urlOf(server), connectionTimeoutMillis: 2_000 });
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.query("SELECT 1");
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  });
}
