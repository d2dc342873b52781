import postgres from "postgres";
import { afterEach, describe, expect, test } from "vitest";
import { packIds, unpackIds } from "../../src/stores/postgres/bus-payload.ts";
import { postgresBus } from "../../src/stores/postgres.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { administer, freshSchema, functionOver, isReachable, openPglite, openPool, url } from "./postgres-clients.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function hearing() {
  const heard: string[] = [];
  let gaps = 0;
  return {
    listener: { onIds: (ids: readonly string[]) => void heard.push(...ids), onGap: () => void gaps++ },
    heard,
    gaps: () => gaps,
  };
}

const soon = { timeout: 20_000 };

describe("payloads", () => {
  test("keep every id, each once, and none has 8,000 bytes", () => {
    const ids = Array.from({ length: 1_000 }, (_, at) => `${at}`.padStart(22, "x"));
    const odd = ["", "'", '"', "\u0000", "🧥".repeat(900), "é".repeat(3_900), "__proto__"];
    const payloads = packIds([...ids, ...ids, ...odd]);
    expect(payloads.flatMap((payload) => unpackIds(payload) ?? ["?"])).toEqual([...ids, ...odd]);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
  });

  test("say that something has changed where an id is too long", () => {
    expect(packIds(["a", "x".repeat(8_000), "b"]).map(unpackIds)).toEqual([null, ["a", "b"]]);
  });

  test.each(["", "a", "{}", "[1]", "[]", "null", '"a"'])("of somebody else say nothing: %j", (payload) => {
    expect(unpackIds(payload)).toBeNull();
  });
});

describe("options", () => {
  test("every problem is told at once", () => {
    const options = { channel: 'a"b', runtime: {}, chanel: "x" };
    expect(() => postgresBus({} as never, options as never)).toThrow(/"chanel".*channel must.*runtime must.*it needs/);
  });
});

describe("PGlite", () => {
  test("tells itself", async () => {
    const database = openPglite();
    closing.push(() => database.close());
    const bus = postgresBus(database, { channel: "Mine" });
    const { listener, heard } = hearing();
    const stop = await bus.subscribe(listener);
    await bus.publish(["a", "b"]);
    await expect.poll(() => heard, soon).toEqual(["a", "b"]);
    await stop();
    await bus.publish(["c"]);
    await database.query("SELECT 1");
    expect(heard).toEqual(["a", "b"]);
  });
});

await describeWith("PostgreSQL tells", isReachable, () => {
  function pool(name: string) {
    const opened = openPool({ application_name: name });
    closing.push(() => opened.end());
    return opened;
  }

  function sql(name: string) {
    const opened = postgres(url, { max: 2, connection: { application_name: name }, onnotice: () => undefined });
    closing.push(() => opened.end());
    return opened;
  }

  const kinds = { "a Pool of pg": pool, "postgres.js": sql };

  for (const [kind, open] of Object.entries(kinds)) {
    describe(kind, () => {
      test("what others publish, in order, through any client", async () => {
        const channel = freshSchema();
        const { listener, heard, gaps } = hearing();
        const stop = await postgresBus(open(channel), { channel }).subscribe(listener);
        closing.push(stop);
        const ids = Array.from({ length: 900 }, (_, at) => `id-${at}`);
        await postgresBus(pool(channel), { channel }).publish(ids);
        await postgresBus(sql(channel), { channel }).publish(['"\u0000\ud800']);
        await postgresBus(functionOver(pool(channel)), { channel }).publish(["last"]);
        await postgresBus(pool(channel), { channel: `${channel}_other` }).publish(["not ours"]);
        await expect.poll(() => heard.length, soon).toBe(902);
        expect(heard).toEqual([...ids, '"\u0000\ud800', "last"]);
        expect(gaps()).toBe(0);
      });

      test("of a gap when the connection was lost, and goes on", async () => {
        const channel = freshSchema();
        const { listener, heard, gaps } = hearing();
        const bus = postgresBus(open(channel), { channel });
        closing.push(await bus.subscribe(listener));
        await administer(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%${channel}%'`,
        );
        await expect.poll(gaps, soon).toBeGreaterThan(kind === "postgres.js" ? 0 : 1);
        await bus.publish(["after"]);
        await expect.poll(() => heard, soon).toEqual(["after"]);
      });

      test("nothing any more once it was stopped", async () => {
        const channel = freshSchema();
        const [first, second] = [hearing(), hearing()];
        const bus = postgresBus(open(channel), { channel });
        const stop = await bus.subscribe(first.listener);
        closing.push(await bus.subscribe(second.listener));
        await stop();
        await bus.publish(["a"]);
        await expect.poll(() => second.heard, soon).toEqual(["a"]);
        expect([first.heard, first.gaps()]).toEqual([[], 0]);
      });
    });
  }

  test("a pool with growing pauses while the server cannot be reached", async () => {
    const channel = freshSchema();
    const runtime = fakeRuntime();
    const opened = pool(channel);
    let refusals = 0;
    let isDown = false;
    const connect = () => {
      if (!isDown) return opened.connect();
      refusals++;
      return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
    };
    const client = { query: opened.query.bind(opened), connect, totalCount: 0 };
    const { listener, gaps } = hearing();
    const stop = await postgresBus(client, { channel, runtime }).subscribe(listener);
    isDown = true;
    await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN "${channel}"'`);
    await expect.poll(gaps, soon).toBe(1);
    for (let round = 1; round <= 5; round++) {
      runtime.advance("10s");
      await expect.poll(() => [refusals, runtime.waiting()], soon).toEqual([round, 1]);
    }
    isDown = false;
    runtime.advance("10s");
    await expect.poll(gaps, soon).toBe(2);
    await stop();
    expect(runtime.waiting()).toBe(0);
  });

  test("of a gap when a silent connection does not answer a beat", async () => {
    const channel = freshSchema();
    const runtime = fakeRuntime();
    const opened = pool(channel);
    let isDeaf = false;
    const connect = async () => {
      const connection = await opened.connect();
      const query = connection.query.bind(connection) as (statement: unknown) => Promise<unknown>;
      return Object.assign(connection, {
        query: (statement: unknown) => (isDeaf ? Promise.reject(new Error("Query read timeout")) : query(statement)),
      });
    };
    const client = { query: opened.query.bind(opened), connect, totalCount: 0 };
    const { listener, gaps } = hearing();
    const stop = await postgresBus(client as never, { channel, runtime }).subscribe(listener);
    isDeaf = true;
    runtime.advance("10s");
    await expect.poll(gaps, soon).toBe(1);
    isDeaf = false;
    runtime.advance("10s");
    await expect.poll(gaps, soon).toBe(2);
    await stop();
  });

  test("whoever asks it to listen through a function that it cannot", async () => {
    const channel = freshSchema();
    const bus = postgresBus(functionOver(pool(channel)), { channel });
    await expect(bus.subscribe(hearing().listener)).rejects.toMatchObject({ code: "STORE_CAPABILITY_MISSING" });
    await bus.publish([]);
  });
});
