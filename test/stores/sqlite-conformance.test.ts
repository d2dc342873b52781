import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { drivers } from "../drivers/drivers.ts";

const folder = mkdtempSync(join(tmpdir(), "coatcheck-sqlite-"));
const cases = storeConformance();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(drivers)("$name keeps every rule of the port", ({ name, missing, open }) => {
  describe.skipIf(missing)(missing ? `(skipped: ${missing})` : "with two connections to one file", () => {
    const path = join(folder, `${name.replace(":", "-")}.db`);
    const store = sqliteStore(() => open(path));
    const peer = sqliteStore(() => open(path));
    test.each(cases)("$name", ({ run }) => run({ store, peer }));
  });
});

describe("a path keeps every rule of the port", () => {
  const store = sqliteStore(":memory:");
  test.each(cases)("$name", ({ run }) => run({ store }));
});

test("the suite is not empty", () => {
  expect(cases.length).toBeGreaterThan(100);
});
