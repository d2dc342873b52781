// Waits for the start, then makes sessions in a file that may not be there yet, and prints what each create answered.
// Arguments: the folder of the compiled stores, the file, how many, the instant of the start.
import { setTimeout as sleep } from "node:timers/promises";

const [, , stores, path, count, start] = process.argv;
const { sqliteStore } = await import(`${stores}/stores/sqlite.js`);
const store = sqliteStore(path, { timeLimit: "30s" });

await sleep(Number(start) - Date.now());
const made = Array.from({ length: Number(count) }, (_, turn) => store.create(record(`${process.pid}-${turn}`)));
console.log(JSON.stringify(await Promise.all(made)));
await store.close();

function record(id) {
  const at = Date.now();
  const instants = {
    createdAt: at,
    authenticatedAt: null,
    lastSeenAt: at,
    idleExpiresAt: at + 1e6,
    expiresAt: at + 2e6,
  };
  const rest = { previousDigest: null, previousGraceEndsAt: null, userId: "ann", device: null, actor: null, data: {} };
  return { id, digest: "d", ...rest, ...instants, persistent: true, generation: 1, version: 1 };
}
