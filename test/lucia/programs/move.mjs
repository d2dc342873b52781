// Moves Lucia's sessions of a SQLite file one after another, as a process of its own: `move.mjs <file> <ids as JSON>`.
// Prints "moving" at the first, and at the end the tokens by id as JSON.
import Libsql from "libsql";
import { dist, importBuilt } from "../../races/library.mjs";

const [path, list] = process.argv.slice(2);
const { createSessions } = await importBuilt(dist, "index.js");
const { sqliteStore } = await importBuilt(dist, "stores/sqlite.js");
const { luciaImporter, luciaSqliteTable } = await importBuilt(dist, "adapters/lucia/index.js");

// Lucia's table is asked on the application's own terms: without a timeout, a handle of libsql waits for no lock.
const database = new Libsql(path, { timeout: 20_000 });
const sessions = createSessions({
  store: sqliteStore(database, { timeLimit: "20s" }),
  origins: ["https://shop.example"],
  storeTimeLimit: "25s",
});
const table = luciaSqliteTable(database);
const importer = luciaImporter(sessions, { table, secrets: ["a key of this application, 32 bytes and more"] });

const tokens = {};
for (const id of JSON.parse(list)) {
  tokens[id] = (await importer.importSession(id))?.token ?? null;
  if (Object.keys(tokens).length === 1) console.log("moving");
}
console.log(JSON.stringify(tokens));
