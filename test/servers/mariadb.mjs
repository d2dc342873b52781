import { join } from "node:path";
import mysql from "mysql2/promise";
import { areInstalled, findBinary } from "./binaries.mjs";
import { PrivateServer } from "./private-server.mjs";

/** Whether a MariaDB of our own can be started: `true`, or what is missing. */
export const isInstalled = () => areInstalled("mariadbd", "mariadb-install-db");

/** Where a server is reached. */
export const urlOf = ({ port }) => `mysql://root@127.0.0.1:${port}/test`;

const dataOf = ({ folder }) => join(folder, "data");

/** Starts a MariaDB of our own, on durable settings, with an empty database called `test`. */
export function startServer() {
  return PrivateServer.open({
    name: "mariadb",
    owner: "mysql",
    binary: findBinary("mariadbd"),
    prepare: (server) =>
      server.run(findBinary("mariadb-install-db"), [
        "--no-defaults",
        `--datadir=${dataOf(server)}`,
        "--auth-root-authentication-method=normal",
        "--innodb-log-file-size=16M",
      ]),
    argsOf: (server) => [
      "--no-defaults",
      `--datadir=${dataOf(server)}`,
      `--socket=${join(server.folder, "socket")}`,
      `--pid-file=${join(server.folder, "pid")}`,
      `--port=${server.port}`,
      "--bind-address=127.0.0.1",
      // Nothing acknowledged may be lost: the default, said aloud.
      "--innodb-flush-log-at-trx-commit=1",
      "--innodb-log-file-size=16M",
      "--innodb-buffer-pool-size=32M",
      "--skip-log-bin",
      "--max-connections=200",
    ],
    async ask(server) {
      const connection = await mysql.createConnection({ uri: urlOf(server), connectTimeout: 2_000 });
      connection.on("error", () => undefined);
      try {
        await connection.query("SELECT 1");
      } finally {
        connection.destroy();
      }
    },
  });
}
