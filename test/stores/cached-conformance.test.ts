import { describe, test } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { machine } from "../support/machine.ts";

const suite = storeConformance();

// Two caches that know nothing of each other, and no bus. The rules hold all the same: every method answers from the store
// underneath, `find` too. Copies are handed out by `copyOf` alone.
describe("a cache over memory keeps every rule of the port, together with one on another machine", () => {
  const shared = memoryStore();
  const [store, peer] = [machine(shared, { ttl: "1d" }), machine(shared, { ttl: "1d" })];
  test.each(suite)("$name", ({ run }) => run({ store, peer }));
});

describe("a cache over SQLite keeps every rule of the port", () => {
  const store = machine(sqliteStore(":memory:"), { ttl: "1d", maxBytes: 4_096 });
  test.each(suite)("$name", ({ run }) => run({ store }));
});
