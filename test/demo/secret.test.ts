import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import { keptSecret } from "../../scripts/demo-secret.mjs";

const starts = 2;
const rounds = 200;

// Each round is one first start of several demos on one database; nobody begins before all have come.
const start = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { module, folder, arrived, starts, rounds } = workerData;
  import(module).then(({ keptSecret }) => {
    const secrets = [];
    for (let round = 0; round < rounds; round++) {
      Atomics.add(arrived, round, 1);
      while (Atomics.load(arrived, round) < starts);
      secrets.push(keptSecret(folder + "/" + round + "/course.db"));
    }
    parentPort.postMessage(secrets);
  });
`;

describe("the secret beside the database of the demo", () => {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-secret-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is made once, whole, for its owner alone", () => {
    const secret = keptSecret(join(folder, "once/course.db"));
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(keptSecret(join(folder, "once/course.db"))).toBe(secret);
    expect(readdirSync(join(folder, "once"))).toEqual(["course.db.secret"]);
    expect(statSync(join(folder, "once/course.db.secret")).mode & 0o777).toBe(0o600);
  });

  it("is the same one for all that start at once", async () => {
    const arrived = new Int32Array(new SharedArrayBuffer(rounds * 4));
    const module = new URL("../../scripts/demo-secret.mjs", import.meta.url).href;
    const workerData = { module, folder, arrived, starts, rounds };
    const told = await Promise.all(
      Array.from({ length: starts }, () => {
        const worker = new Worker(start, { eval: true, workerData });
        return new Promise<string[]>((resolve, reject) => worker.once("message", resolve).once("error", reject));
      }),
    );
    const kept = Array.from({ length: rounds }, (_, round) =>
      readFileSync(join(folder, String(round), "course.db.secret"), "utf8"),
    );
    for (const secrets of told) expect(secrets).toEqual(kept);
  });
});
