import { readFileSync } from "node:fs";
import { Pool } from "pg";
import ts from "typescript";
import { afterAll, beforeAll, describe, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { postgresSchema, postgresStore } from "../../src/stores/postgres.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { reach, services } from "../services.mjs";

// What the page says of sharding is tried with the page's own code.
const page = readFileSync(new URL("../../docs/scale.md", import.meta.url), "utf8");

async function sharded(parts: readonly SessionStore[]): Promise<SessionStore> {
  const [, code = ""] = /```ts\n(import type \{ ByUser[\s\S]*?)```/.exec(page) ?? [];
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext } });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  return module.sharded(parts);
}

describe("docs/scale.md: a store over four stores keeps every rule of the port", async () => {
  const store = await sharded(Array.from({ length: 4 }, () => memoryStore()));
  for (const { name, run } of storeConformance()) it(name, () => run({ store }));
});

await describeWith(
  "PostgreSQL",
  () => reach(services.postgres),
  () => {
    describe("docs/scale.md: a table in eight partitions keeps every rule of the port", () => {
      const schema = `coatcheck_scale_${process.pid}`;
      const pool = new Pool({ connectionString: services.postgres, max: 4 });
      const store = postgresStore(pool, { schema, migrate: false, timeLimit: "30s" });

      beforeAll(async () => {
        const whole = postgresSchema({ schema }).replace(/(version bigint NOT NULL\s*\))/, "$1 PARTITION BY HASH (id)");
        await pool.query(`CREATE SCHEMA "${schema}"; ${whole}`);
        for (let part = 0; part < 8; part++) {
          await pool.query(
            `CREATE TABLE "${schema}".part_${part} PARTITION OF "${schema}".coatcheck_sessions FOR VALUES WITH (MODULUS 8, REMAINDER ${part})`,
          );
        }
      });
      afterAll(async () => {
        await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
        await pool.end();
      });

      for (const { name, run } of storeConformance()) it(name, () => run({ store }));
    });
  },
);
