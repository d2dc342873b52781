import { describe, expect, test } from "vitest";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { compileStores } from "../drivers/compile.ts";
import { drivers, node24 } from "../drivers/drivers.ts";
import { runProgram } from "../drivers/run-program.ts";
import { temporaryFiles } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";

const files = temporaryFiles();
const cases = storeConformance();

test("the suite is not empty", () => {
  expect(cases.length).toBeGreaterThan(100);
});

describe("a path keeps every rule of the port", () => {
  const store = sqliteStore(":memory:");
  test.each(cases)("$name", ({ run }) => run({ store }));
});

for (const { name, isAvailable, open } of drivers) {
  await describeWith(`${name} keeps every rule of the port`, isAvailable, () => {
    const path = files.path();
    const options = { durability: "normal" } as const;
    const [store, peer] = [sqliteStore(() => open(path), options), sqliteStore(open(path), options)];
    test.each(cases)("$name", ({ run }) => run({ store, peer }));
  });
}

await describeWith(
  "Node 24",
  () => node24 !== null || "is not installed: npm ci in test/drivers/node-24",
  () => {
    test("its node:sqlite, found by the store itself, keeps every rule of the port", async () => {
      const outcome = await runProgram("conformance", [compileStores(files.folder()), files.path()], {
        node: node24 ?? "",
      });
      expect(outcome).toEqual({ opensAtOnce: true, ran: cases.length, failures: [] });
    });
  },
);
