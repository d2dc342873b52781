import { afterEach, expect, test } from "vitest";
import { postgresBus, postgresStore } from "../../src/stores/postgres.ts";
import { describeWith } from "../require-services.ts";
import { machine } from "../support/machine.ts";
import { world } from "../support/world.ts";
import { administer, dropSchema, freshSchema, isReachable, openPool } from "./postgres-clients.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A machine of its own: its pool, its cache, its ear on the bus. */
function openMachine(schema: string) {
  const pool = openPool();
  const bus = postgresBus(pool, { channel: schema });
  const store = machine(postgresStore(pool, { schema }), { ttl: "30d", bus });
  closing.push(() => pool.end(), store.close);
  return world({ store });
}

await describeWith("two machines with caches over PostgreSQL", isReachable, () => {
  test("G11 what one revokes the other refuses as soon as the message arrives", { timeout: 20_000 }, async () => {
    const schema = freshSchema();
    await administer(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    closing.push(() => dropSchema(schema));
    const [here, there] = [openMachine(schema), openMachine(schema)];
    const { token, session } = await here.sessions.create({ userId: "u1", data: { step: 1 } });
    const id = session.id ?? "";
    // Once it listens, everything is forgotten; a copy that outlasts a turn of the network was made after that.
    const keepsCopy = async () => {
      await there.sessions.validate(token);
      await administer("SELECT 1");
      return there.store.copyOf?.(id, there.runtime.now()) ?? null;
    };
    while (!(await keepsCopy())) await administer("SELECT 1");
    await here.sessions.revoke(id);
    while (await there.sessions.validate(token)) await administer("SELECT 1");
    expect(there.runtime.now()).toBe(here.runtime.now()); // no ttl has passed
  });
});
