import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";

/** Thrown inside a transaction: all of it is undone, and this is what the transaction answers. */
export class Undo<Answer> {
  readonly answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/** Does work in a transaction, and answers what it returns or the answer that it was undone with. */
export async function transactOrUndo<Answer>(
  tables: SqlTables,
  task: string,
  work: (sql: SqlSteps) => SqlWork<Answer>,
): Promise<Answer> {
  try {
    return await tables.transact(task, work);
  } catch (error) {
    if (error instanceof Undo) return error.answer as Answer; // made above, by this copy of the module
    throw error;
  }
}
