import { mysqlStore } from "../../dist/stores/mysql.js";
import { open as connect, title, where } from "../databases/mysql.mjs";
import { copyOf, noteSweep } from "./sql.mjs";

export { title, where };

const digit =
  "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
const most = 100_000;

export async function open() {
  const { pool, database, version, close } = await connect();
  const sweep = new Map();
  pool.pool.on("connection", (connection) => {
    for (const method of ["query", "execute"]) noteSweep(connection, method, sweep);
  });
  const table = `${database}.coatcheck_sessions`;

  return {
    version,
    close,
    store: mysqlStore(pool),

    // In the order of their new ids, a hundred thousand at a time: the rows of InnoDB lie in the order of the primary key.
    async fill(count, { id, now, idle }) {
      const [rows] = await pool.query(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = 'coatcheck_sessions'",
        [database],
      );
      const { names, values } = copyOf(
        rows.map(({ name }) => name),
        {
          id: "g.id",
          user_id: "CONCAT('u', FLOOR(RAND() * 1e9))",
          created_at: `${now} - g.age`,
          last_seen_at: `${now} - g.age`,
          idle_expires_at: `${now} - g.age + ${idle}`,
          expires_at: "t.expires_at - g.age",
        },
      );
      for (let left = count; left > 0; left -= most) {
        await pool.query(
          `INSERT INTO ${table} (${names}) SELECT ${values} FROM ${table} t,
           (SELECT TRIM(TRAILING '=' FROM REPLACE(REPLACE(TO_BASE64(RANDOM_BYTES(16)), '+', '-'), '/', '_')) AS id,
             FLOOR(RAND() * ${idle}) AS age
            FROM ${digit} a, ${digit} b, ${digit} c, ${digit} d, ${digit} e ORDER BY 1 LIMIT ${Math.min(left, most)}) g
           WHERE t.id = ?`,
          [id],
        );
      }
    },

    settle: () => pool.query(`ANALYZE TABLE ${table}`),

    async someIds(count) {
      const [rows] = await pool.query(
        `SELECT id FROM ${table} WHERE idle_expires_at > ? ORDER BY RAND() LIMIT ${count}`,
        [Date.now() + 86_400_000],
      );
      return rows.map(({ id }) => String(id));
    },

    async space() {
      const [[{ sessions }]] = await pool.query(`SELECT COUNT(*) AS sessions FROM ${table}`);
      const [[{ data, indexes }]] = await pool.query(
        `SELECT data_length AS data, index_length AS indexes FROM information_schema.tables
         WHERE table_schema = ? AND table_name = 'coatcheck_sessions'`,
        [database],
      );
      return {
        sessions: Number(sessions),
        data: Number(data),
        indexes: Number(indexes),
        total: Number(data) + Number(indexes),
      };
    },

    async logged() {
      const [[row]] = await pool.query("SHOW GLOBAL STATUS LIKE 'Innodb_os_log_written'");
      return Number(row.Value);
    },

    async plan() {
      const columns = ["select_type", "table", "type", "key", "rows", "Extra"];
      const plans = [];
      for (const [word, { text, values }] of [...sweep]) {
        const [rows] = await pool.query(`EXPLAIN ${text}`, values);
        plans.push(...rows.map((row) => `${word}: ${columns.map((column) => `${column} ${row[column]}`).join(", ")}`));
      }
      return plans;
    },
  };
}
