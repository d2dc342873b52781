import { connect, createServer, type Server, type Socket } from "node:net";
import type { Pool } from "pg";
import postgres from "postgres";
import { afterAll, afterEach, expect, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { administer, dropSchema, freshSchema, isReachable, openPool, url } from "./postgres-clients.ts";

const now = record().createdAt;
const unavailable = { code: "STORE_UNAVAILABLE" };

/** A way to the server that a test can make deaf: what is sent is taken, and nothing comes back. */
async function openProxy() {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isDeaf = false;
  const server: Server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    near.on("data", (bytes) => isDeaf || far.write(bytes)).on("close", () => far.destroy());
    far.on("data", (bytes) => isDeaf || near.write(bytes)).on("close", () => isDeaf || near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = new URL(url);
  address.hostname = "127.0.0.1";
  address.port = String((server.address() as { port: number }).port);
  return {
    url: address.href,
    turnDeaf: () => {
      isDeaf = true;
    },
    /** Connections made from now on work; those that are deaf stay so. */
    recover: () => {
      for (const socket of sockets) socket.pause();
      isDeaf = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

await describeWith("when connections to PostgreSQL are lost", isReachable, () => {
  const schema = freshSchema();
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => dropSchema(schema));

  function open(config = {}): Pool {
    const pool = openPool(config);
    closing.push(() => pool.end());
    return pool;
  }

  const killAll = (name: string) =>
    administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${name}'`);

  test("F11 the answer to another statement is a failure, and nobody's session", async () => {
    const schema = freshSchema();
    const pool = openPool();
    let isShifted = false;
    let last: unknown;
    // A real pool whose answers come one statement late, as those of a client do that counts them wrongly.
    const late = {
      connect: () => undefined,
      async query(query: never) {
        const answer = await pool.query(query);
        const given = isShifted ? last : answer;
        last = answer;
        return given;
      },
    };
    const store = postgresStore(late, { schema });
    const [one, other] = [record({ id: "one" }), record({ id: "other" })];
    await store.create(one);
    await store.create(other);
    await store.find([one.id], now);
    isShifted = true;
    await expect(store.find([other.id], now)).rejects.toMatchObject(unavailable);
    await expect(store.update(one.id, { set: { a: "1" } }, now)).rejects.toMatchObject(unavailable);
    await expect(store.find([other.id, "nobody"], now)).rejects.toMatchObject(unavailable);
    await expect(store.find([one.id, "nobody"], now)).rejects.toMatchObject(unavailable);
    isShifted = false;
    expect(await store.find([one.id], now)).toMatchObject([{ id: one.id }]);
    await pool.end();
    await dropSchema(schema);
  });

  test("a pool whose idle connections were closed does not end the process, and the next calls work", async () => {
    const pool = open({ application_name: schema, max: 3 });
    const store = postgresStore(pool, { schema });
    await store.create(record());
    await Promise.all([store.find(["a"], now), store.find(["b"], now), store.find(["c"], now)]);
    await killAll(schema);
    await expect.poll(() => pool.totalCount, { timeout: 20_000 }).toBe(0);
    expect(await store.find(["session-1"], now)).toEqual([record()]);
    await store.destroy("session-1");
  });

  test("a listener of the application's own is left alone", () => {
    const pool = open();
    pool.on("error", () => undefined);
    postgresStore(pool, { schema });
    expect(pool.listenerCount("error")).toBe(1);
  });

  test("a statement that is cut off fails with a code, and later ones work", async () => {
    for (const client of [
      open({ application_name: schema, max: 1 }),
      postgres(url, { max: 1, connection: { application_name: schema }, onnotice: () => undefined }),
    ]) {
      if ("end" in client && "unsafe" in client) closing.push(() => client.end());
      const store = postgresStore(client, { schema, timeLimit: "30s" });
      await store.create(record());
      const holder = await open().connect();
      await holder.query("BEGIN");
      await holder.query(`SELECT FROM "${schema}".coatcheck_sessions FOR UPDATE`);
      const cut = Promise.resolve(store.update("session-1", { set: { a: "1" } }, now)).catch((error) => error);
      const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '${schema}'`;
      await expect.poll(() => administer(waiting), { timeout: 20_000 }).toEqual([{ n: 1 }]);
      await killAll(schema);
      expect(await cut).toMatchObject(unavailable);
      await holder.query("COMMIT");
      holder.release();
      // postgres.js tells the next statement of the end of the connection once more.
      await Promise.resolve(store.find(["none"], now)).catch(() => undefined);
      expect(await store.find(["session-1"], now)).toEqual([record()]);
      expect(await store.destroy("session-1")).toBe("destroyed");
    }
  });

  test("a store whose first call met no server tries again", async () => {
    const fresh = freshSchema();
    const pool = open();
    let isDown = true;
    const query = async (statement: string) => {
      if (isDown) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
      return pool.query(statement);
    };
    const store = postgresStore({ query, connect: () => undefined }, { schema: fresh });
    await expect(store.find(["a"], now)).rejects.toMatchObject(unavailable);
    isDown = false;
    expect(await store.find(["a"], now)).toEqual([null]);
    await dropSchema(fresh);
  });

  test("a pool of two whose connections became deaf gives them up, and works again", async () => {
    const proxy = await openProxy();
    closing.push(() => proxy.close());
    const pool = open({ connectionString: proxy.url, max: 2, connectionTimeoutMillis: 300 });
    const store = postgresStore(pool, { schema, timeLimit: "300ms" });
    await store.create(record());
    await Promise.all([store.find(["a"], now), store.find(["b"], now)]);
    proxy.turnDeaf();
    for (let round = 0; round < 2; round++) {
      const calls = Array.from({ length: 4 }, () => Promise.resolve(store.find(["session-1"], now)));
      const answers = await Promise.allSettled(calls);
      expect(answers.map((answer) => "reason" in answer && answer.reason.code)).toEqual(
        calls.map(() => unavailable.code),
      );
    }
    proxy.recover();
    expect(await store.find(["session-1"], now)).toEqual([record()]);
    await store.destroy("session-1");
  });

  test("without a time limit for connections and statements they would be lost for good", async () => {
    const proxy = await openProxy();
    const pool = openPool({ connectionString: proxy.url, max: 1 });
    await pool.query("SELECT 1");
    proxy.turnDeaf();
    const lost = pool.query("SELECT 1").then(
      () => "answered",
      () => "closed",
    );
    proxy.recover();
    const limited: object = { text: "SELECT 1", query_timeout: 300 };
    const next = pool.query(limited as { text: string }).then(
      () => "answered",
      () => "closed",
    );
    const first = await Promise.race([
      lost,
      next,
      new Promise((resolve) => setTimeout(resolve, 1_000, "still waiting")),
    ]);
    expect(first).toBe("still waiting");
    await proxy.close();
    await Promise.all([lost, next]);
    await pool.end();
  });
});
