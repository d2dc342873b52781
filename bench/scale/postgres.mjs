import { postgresStore } from "../../dist/stores/postgres.js";
import { open as connect, title, where } from "../databases/postgres.mjs";
import { copyOf, noteSweep } from "./sql.mjs";

export { title, where };

export async function open() {
  const connection = await connect();
  const { pool, schema, version, close } = connection;
  const sweep = new Map();
  noteSweep(connection.Client.prototype, "query", sweep);
  const table = `${schema}.coatcheck_sessions`;
  return {
    version,
    close,
    store: postgresStore(pool, { schema }),

    async fill(count, { id, now, idle }) {
      const { rows } = await pool.query(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'coatcheck_sessions'",
        [schema],
      );
      const { names, values } = copyOf(
        rows.map(({ name }) => name),
        {
          id: "translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_')",
          user_id: "'u' || (g.n / 2)",
          created_at: `${now} - g.age`,
          last_seen_at: `${now} - g.age`,
          idle_expires_at: `${now} - g.age + ${idle}`,
          expires_at: `t.expires_at - g.age`,
        },
      );
      await pool.query(
        `INSERT INTO ${table} (${names}) SELECT ${values} FROM ${table} t,
         (SELECT n, floor(random() * ${idle})::bigint AS age FROM generate_series(1, ${count}) n) g WHERE t.id = $1`,
        [id],
      );
    },

    settle: () => pool.query(`VACUUM (ANALYZE) ${table}`),

    async someIds(count) {
      const { rows } = await pool.query(
        `SELECT id FROM ${table} WHERE idle_expires_at > $1 ORDER BY random() LIMIT $2`,
        [Date.now() + 86_400_000, count],
      );
      return rows.map(({ id }) => id);
    },

    async space() {
      const { rows } = await pool.query(
        `SELECT count(*)::float8 AS sessions, pg_relation_size($1)::float8 AS data, pg_indexes_size($1)::float8 AS indexes,
         pg_total_relation_size($1)::float8 AS total FROM ${table}`,
        [table],
      );
      return rows[0];
    },

    async logged() {
      const { rows } = await pool.query("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8 AS bytes");
      return rows[0].bytes;
    },

    async plan() {
      const plans = [];
      for (const { text, values } of [...sweep.values()]) {
        const { rows } = await pool.query(`EXPLAIN ${text}`, values);
        plans.push(...rows.map((row) => row["QUERY PLAN"]));
      }
      return plans;
    },
  };
}
