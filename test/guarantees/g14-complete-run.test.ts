import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemRuntime } from "../../src/runtime.ts";
import { issueToken } from "../../src/token/token.ts";
import { tokenShape } from "../support/token-scan/findings.ts";

const root = join(import.meta.dirname, "../..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const leaks = join(root, "test/fixtures/token-scan");

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { title: string; status: string; failureMessages: string[] }[];
  }[];
}

/** Runs the leaking tests in a Vitest of their own, under the scan that all tests here run under. */
async function runLeaks(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-leaks-"));
  try {
    const report = join(folder, "report.json");
    const args = ["run", "--config", join(leaks, "vitest.config.ts"), "--reporter=json", `--outputFile=${report}`];
    // What it prints is the leak, and goes nowhere.
    const env = { PATH: process.env.PATH };
    await once(spawn(process.execPath, [vitest, ...args], { cwd: root, env, stdio: "ignore" }), "close");
    return JSON.parse(readFileSync(report, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it("R-A17 G14 the scan of the complete run knows every token that is issued", () => {
  for (let count = 0; count < 1_000; count++)
    expect(tokenShape.test(issueToken("session", systemRuntime).token)).toBe(true);
});

it("G14 it runs in every file of tests", () => {
  const config = readFileSync(join(root, "vitest.config.ts"), "utf8");
  expect(config).toContain('setupFiles: ["test/support/token-scan/setup.ts"]');
});

it("negative control: a test fails during which a token stands in a log, an event, an error, an answer or a child's output", async () => {
  const { testResults } = await runLeaks();
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(results.length).toBe(18);
  for (const { title, status, failureMessages } of results) {
    expect(status, title).toBe(title.startsWith("leak: ") ? "failed" : "passed");
    if (status === "failed") expect(failureMessages.join(), title).toContain("G14: a session token stood in");
    expect(tokenShape.test(failureMessages.join()), title).toBe(false);
  }
});
