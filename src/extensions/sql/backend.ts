import type { SchemaPlan } from "../../stores/sql/plan.ts";
import type { Translate } from "./statement.ts";
import type { SqlAnswer, SqlStep, SqlWork } from "./steps.ts";

/** The way to the tables of one schema. `task` says in an error what could not be done. */
export interface Backend {
  /** Sends one statement, which is committed when it answers. */
  send(task: string, step: SqlStep): Promise<SqlAnswer>;
  /** Does work in a transaction. Where the database undoes it for the sake of another one, `begin` begins it anew. */
  transact<T>(task: string, begin: () => SqlWork<T>): Promise<T>;
}

/** What a backend is made from, for each schema. */
export interface BackendPlan {
  readonly plan: SchemaPlan;
  readonly translate: Translate;
}
