/** What tables are needed, and how they come about. */
export interface SchemaPlan {
  /** Under which name the version of these tables is kept. */
  readonly key: string;
  /** The tables, by their bare names. */
  readonly tables: readonly string[];
  /**
   * For each version the statements that lead to it from the one before. A published version is never changed, and a new
   * one only adds, so that older and newer processes share a database.
   */
  readonly steps: readonly (readonly string[])[];
}

/** Where each schema's version is kept, in every SQL database. */
export const versionTable = "coatcheck_migrations";

/** The plan of a session store, whose one table is also the name of its version. */
export function planOf(table: string, steps: readonly string[]): SchemaPlan {
  return { key: table, tables: [table], steps: steps.map((step) => [step]) };
}
