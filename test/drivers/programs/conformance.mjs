// Runs the conformance cases on a file, opened with whatever driver this Node finds, and prints how they went.
// Arguments: the folder of the compiled stores, the file.
const [, , stores, path] = process.argv;
const { sqliteStore } = await import(`${stores}/stores/sqlite.js`);
const { storeConformance } = await import(`${stores}/testing/index.js`);

const [store, peer] = [sqliteStore(path), sqliteStore(path)];
const opensAtOnce = !(store.find([], 0) instanceof Promise);
const failures = [];
const cases = storeConformance();
for (const { name, run } of cases) {
  await run({ store, peer }).catch((error) => failures.push(`${name}: ${error.message}`));
}
await store.close();
await peer.close();
console.log(JSON.stringify({ opensAtOnce, ran: cases.length, failures }));
