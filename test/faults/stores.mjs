import { fileURLToPath } from "node:url";
import * as postgresServer from "../servers/postgres.mjs";

/**
 * Every client of every store that has a server which can fail: the server of the tests' own that it talks to, and the
 * module that opens it.
 */
export const faultStores = {
  "postgres/pg": { server: postgresServer, module: moduleOf("pg") },
  "postgres/postgres.js": { server: postgresServer, module: moduleOf("postgres-js") },
};

function moduleOf(name) {
  return fileURLToPath(new URL(`./stores/${name}.mjs`, import.meta.url));
}
