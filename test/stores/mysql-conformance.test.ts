import { beforeAll, describe, expect, test } from "vitest";
import { type MysqlStore, mysqlStore } from "../../src/stores/mysql.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { hasMysql, prepareEach, temporaryDatabases } from "./mysql-server.ts";

const cases = storeConformance();

test("the suite is not empty", () => {
  expect(cases.length).toBeGreaterThan(100);
});

type Databases = ReturnType<typeof temporaryDatabases>;
type Open = (databases: Databases, database: string) => unknown;

/** What applications pass to the store, and how they have set it up. */
const clients: Record<string, Open> = {
  "a pool of mysql2/promise": ({ pool }, database) => pool(database),
  "a pool of mysql2": ({ callbackPool }, database) => callbackPool(database),
  "a connection of mysql2/promise": ({ connection }, database) => connection(database),
  "a connection of mysql2": ({ callbackConnection }, database) => callbackConnection(database),
  "a pool without strict mode": ({ pool }, database) => prepareEach(pool(database), "SET sql_mode = ''"),
  "a pool in latin1": ({ pool }, database) => pool(database, { charset: "latin1_swedish_ci" }),
  "a pool that is set to hand out values in other forms": ({ pool }, database) =>
    pool(database, {
      typeCast: (field, next) =>
        field.type.includes("BLOB") || field.type.includes("STRING") ? field.string() : next(),
      supportBigNumbers: true,
      bigNumberStrings: true,
      namedPlaceholders: true,
      multipleStatements: true,
      dateStrings: true,
    }),
  "a pool that counts the rows changed, not the rows found": ({ pool }, database) =>
    pool(database, { flags: ["-FOUND_ROWS"] }),
  "a pool whose isolation is serializable": ({ pool }, database) =>
    prepareEach(pool(database), "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"),
};

await describeWith("MySQL", hasMysql, () => {
  describe.each(Object.entries(clients))("%s keeps every rule of the port", keepsEveryRule);
});

function keepsEveryRule(_: string, open: Open): void {
  const databases = temporaryDatabases();
  let [store, peer]: MysqlStore[] = [];
  beforeAll(async () => {
    const database = await databases.create();
    store = mysqlStore((await open(databases, database)) as never);
    peer = mysqlStore((await open(databases, database)) as never);
  });
  test.each(cases)("$name", async ({ run }) => {
    await run({ store: store as MysqlStore, peer: peer as MysqlStore });
  });
}
