import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { node24 } from "../../drivers/drivers.ts";
import { describeWith } from "../../require-services.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs the tests of sqlDatabase whose names hold a text, with Node 24, and tells how many passed and which failed. */
async function runWithNode24(name: string) {
  const runner = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", "--passWithNoTests"];
  const { NODE_OPTIONS, VITEST, VITEST_MODE, VITEST_POOL_ID, VITEST_WORKER_ID, ...env } = process.env;
  const args = [...runner, "test/extensions/sql/database.test.ts", "--testNamePattern", name];
  const { stdout } = await promisify(execFile)(node24 ?? "", args, { cwd: root, env }).catch((failed) => failed);
  const { numPassedTests, testResults } = JSON.parse(stdout.slice(stdout.indexOf("{")));
  const all: { readonly status: string; readonly fullName: string }[] = testResults[0].assertionResults;
  const failed = all.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
  return { passed: numPassedTests as number, failed };
}

await describeWith(
  "sqlDatabase with Node 24",
  () => node24 !== null || "is not installed: npm ci in test/drivers/node-24",
  () => {
    test("keeps every rule on a handle of node:sqlite", async () => {
      const { passed, failed } = await runWithNode24("SQLite \\(node:sqlite\\)");
      expect(failed).toEqual([]);
      expect(passed).toBe((await runWithNode24("SQLite \\(libsql\\)")).passed);
      expect(passed).toBeGreaterThan(10);
    });

    test("would notice that there were no such tests", async () => {
      expect((await runWithNode24("SQLite \\(node:nothing\\)")).passed).toBe(0);
    });
  },
);
