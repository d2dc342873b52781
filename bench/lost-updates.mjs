// 64 requests at once on one session: each sets a key of its own; each adds one to the same key. How many survive?
//
// In memory, in SQLite, and in each database that answers (DATABASE_URL, MYSQL_URL, REDIS_URL).
import Database from "libsql";
import { memoryStore } from "../dist/index.js";
import { sqliteStore } from "../dist/stores/sqlite.js";
import { databases, openDatabase } from "./databases.mjs";
import { expressSession, nextServerSession, nextSession } from "./peers.mjs";
import { ours, theirs } from "./visitors.mjs";

const many = 64;
const each = (task) => Promise.all(Array.from({ length: many }, (_, index) => task(index)));

console.log(
  `\n## Survivors of ${many} concurrent requests on one session\n\n| | different keys | one counter |\n|---|---:|---:|`,
);
await print("coatcheck, memory", ours, memoryStore());
await print("coatcheck, SQLite", ours, sqliteStore(new Database(":memory:")));
await print("express-session, memory", theirs, expressSession());
await print("next-session, memory", theirs, await nextSession());
await print("next-server-session, memory", theirs, nextServerSession());
for (const name of databases) {
  const database = await openDatabase(name);
  if (!database.connection) console.log(`| ${database.title}: no server answers | – | – |`);
  else await printDatabase(database);
}
process.exit(); // one of the peers keeps a timer running

async function printDatabase({ stores, peers, connection }) {
  try {
    for (const [name, { store }] of Object.entries(await stores(connection))) await print(name, ours, store);
    for (const [name, open] of Object.entries(await peers(connection))) await print(name, theirs, await open());
  } finally {
    await connection.close();
  }
}

async function print(name, rows, target) {
  const { contended } = await rows(name, target);
  if (!contended) return;
  const { make, setKey, addOne, data } = contended;
  const key = await make();
  await each((index) => setKey(key, `key${index}`, index));
  await each(() => addOne(key));
  const found = await data(key);
  const keys = Object.keys(found).filter((name) => name.startsWith("key")).length;
  console.log(`| ${name} | ${keys} | ${found.count} |`);
}
