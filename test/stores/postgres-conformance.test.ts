import { afterAll, describe, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { clients, dropSchema, freshSchema, isReachable, openPglite, openPool } from "./postgres-clients.ts";

const cases = storeConformance();

await describeWith("PostgreSQL", isReachable, () => {
  for (const [name, open] of Object.entries(clients)) {
    describe(`${name} keeps every rule of the port`, () => {
      const schema = freshSchema();
      const [first, second] = [open(), open()];
      const [store, peer] = [first, second].map(({ client }) => postgresStore(client, { schema, timeLimit: "30s" }));
      afterAll(async () => {
        await Promise.all([first.close(), second.close()]);
        await dropSchema(schema);
      });
      test.each(cases)("$name", ({ run }) => run({ store, peer } as never));
    });
  }

  describe.each(["repeatable read", "serializable"])(
    "a default isolation of %s keeps every rule of the port",
    (level) => {
      const schema = freshSchema();
      const options = `-c default_transaction_isolation=${level.replace(" ", "\\ ")}`;
      const [pool, other] = [openPool({ options }), openPool({ options })];
      const [store, peer] = [
        postgresStore(pool, { schema, prepare: false, timeLimit: "30s" }),
        postgresStore(other, { schema, timeLimit: "30s" }),
      ];
      afterAll(async () => {
        await Promise.all([pool.end(), other.end()]);
        await dropSchema(schema);
      });
      test.each(cases)("$name", ({ run }) => run({ store, peer }));
    },
  );
});

describe("PGlite keeps every rule of the port", () => {
  const database = openPglite();
  const store = postgresStore(database, { table: "visits" });
  afterAll(() => database.close());
  test.each(cases)("$name", ({ run }) => run({ store }));
});
