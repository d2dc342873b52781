import { describe, test } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { storeConformance } from "../../src/testing/index.ts";

const suite = storeConformance();

describe("the memory store keeps every rule of the port", () => {
  const store = memoryStore();
  for (const { name, run } of suite) test(name, () => run({ store }));
});

describe("a second store that was shared with the first keeps every rule together with it", async () => {
  const { shareMemoryStore } = await import("../../src/stores/memory/shared.ts");
  const [store, peer] = [memoryStore(), memoryStore()];
  shareMemoryStore(store, "conformance");
  shareMemoryStore(peer, "conformance");
  for (const { name, run } of suite) test(name, () => run({ store, peer, now: 1_700_000_000_000 }));
});
