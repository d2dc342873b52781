import { columns, fields } from "../sql/columns.ts";
import { castOf, rowExpression } from "./columns.ts";

/**
 * The statements of one table whose text never changes. Each is a transaction of its own. The column `v` has a row, `c`
 * what has come of the statement.
 *
 * They are exact in READ COMMITTED, where a statement sees what was committed before it began, and one that has waited for
 * the lock of a row judges the row's newest version anew:
 *
 * - `removeOfUser`: a session bound to the user before the statement began is seen, and is removed in whatever version the
 *   statement meets, unless that one is of another user by now. A sign-in that commits later has not been seen: it comes
 *   after the removal, is in the next list, and was not acknowledged when the removal was asked for.
 * - `removeIfOfUser`: where the row changes its user while the statement waits for it, its newest version decides.
 * - `removeGeneration`: a row that was of the generation when the statement began, and is not any more, is told as `again`.
 */
export interface Statements {
  /** The rows of a list of ids. */
  readonly find: string;
  /** The row of one id. PostgreSQL would plan a list anew each time, since it takes the plan for all lists to cost more. */
  readonly findOne: string;
  readonly insert: string;
  readonly remove: string;
  /** Removes the row of an id, if it has a generation. */
  readonly removeGeneration: string;
  /** Removes the row of an id, if it is one of a user. */
  readonly removeIfOfUser: string;
  /** The rows of a user. */
  readonly ofUser: string;
  /** Removes the rows of a user but the one of an id, and answers the ids. */
  readonly removeOfUser: string;
  /** Removes rows that are expired at an instant, at most so many. */
  readonly sweep: string;
}

/** Writes the statements for a table. */
export function statementsOf(table: string): Statements {
  const parameters = fields.map((field, at) => `$${at + 1}${castOf(field)}`);
  const ofId = `FROM ${table} WHERE id = $1::text`;
  // An array, since it is made once: a sub-query that is joined might be run again, and lock more rows than its limit says.
  // The second condition judges a row that has changed meanwhile; the sum keeps it from being asked of the index, where every
  // step would visit all that is expired.
  const expired = `SELECT id FROM ${table} WHERE idle_expires_at <= $1::bigint ORDER BY idle_expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED`;
  return {
    find: `SELECT ${rowExpression} AS v FROM ${table} WHERE id = ANY($1::text[])`,
    findOne: `SELECT ${rowExpression} AS v ${ofId}`,
    insert: `INSERT INTO ${table} (${Object.values(columns).join(", ")}) VALUES (${parameters.join(", ")}) ON CONFLICT (id) DO NOTHING RETURNING 'created' AS c`,
    remove: `DELETE ${ofId} RETURNING 'destroyed' AS c`,
    removeGeneration: `WITH gone AS (DELETE ${ofId} AND generation = $2::bigint RETURNING 1)
SELECT CASE WHEN EXISTS (SELECT FROM gone) THEN 'destroyed' WHEN generation = $2::bigint THEN 'again' ELSE 'replaced' END AS c ${ofId}`,
    removeIfOfUser: `DELETE ${ofId} AND user_id = $2::text RETURNING 'destroyed' AS c`,
    ofUser: `SELECT ${rowExpression} AS v FROM ${table} WHERE user_id = $1::text`,
    removeOfUser: `DELETE FROM ${table} WHERE user_id = $1::text AND id IS DISTINCT FROM $2::text RETURNING id AS v`,
    sweep: `WITH gone AS (DELETE FROM ${table} WHERE id = ANY(ARRAY(${expired})) AND idle_expires_at + 0 <= $1::bigint RETURNING 1)
SELECT count(*)::text AS c FROM gone`,
  };
}
