import postgres from "postgres";
import { expect, it } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { reach, services } from "../services.mjs";

/** The client with the answers that it gives after a connection was lost in the middle of one: numbered from one on. */
function numberingFromOne(sql: postgres.Sql) {
  const client = (...args: never[]) => (sql as unknown as (...args: never[]) => unknown)(...args);
  const unsafe = async (...args: Parameters<postgres.Sql["unsafe"]>) => {
    const answer = await sql.unsafe(...args);
    const { command, count } = answer;
    const shifted = new Array(1).concat(answer);
    return answer.length > 0 ? Object.assign(shifted, { command, count }) : answer;
  };
  return Object.assign(client, { unsafe, begin: sql.begin.bind(sql) as never });
}

/** The client with an answer that it gives for a statement which was not sent. */
function answeringNothing(sql: postgres.Sql) {
  const client = () => undefined;
  const unsafe = async () => Object.assign([], { command: null, count: null });
  return Object.assign(client, { unsafe, begin: sql.begin.bind(sql) as never });
}

await describeWith(
  "postgres.js on PostgreSQL",
  () => reach(services.postgres),
  () => {
    it("an answer to a statement that was not sent is a failure, and no missing session", async () => {
      const sql = postgres(services.postgres, { max: 1, onnotice: () => undefined });
      const store = postgresStore(answeringNothing(sql), { migrate: false });
      for (const call of [() => store.find(["id"], 0), () => store.destroy("id"), () => store.sweep(0, 1)]) {
        await expect(call()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      }
      await sql.end();
    });

    it("an answer that begins with a hole is no missing session", async () => {
      const sql = postgres(services.postgres, { max: 1, onnotice: () => undefined });
      const schema = `coatcheck_faults_${process.pid}_${Date.now().toString(36)}`;
      const session = record({ userId: "anna", expiresAt: Date.now() + 60_000 });
      try {
        await postgresStore(sql, { schema }).create(session);
        const store = postgresStore(numberingFromOne(sql), { schema });
        expect(await store.find([session.id], 0)).toEqual([session]);
        expect(await store.byUser.list("anna", 0)).toEqual([session]);
        expect(await store.update(session.id, { set: { a: "1" } }, 0)).toMatchObject({ outcome: "updated" });
        expect(await store.destroy(session.id, session.generation)).toBe("destroyed");
      } finally {
        await sql.unsafe(`DROP SCHEMA "${schema}" CASCADE`);
        await sql.end();
      }
    });
  },
);
