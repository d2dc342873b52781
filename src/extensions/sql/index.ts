export { type SqlDatabase, type SqlTables, sqlDatabase } from "./database.ts";
export type { SqlClient, SqlDatabaseOptions } from "./options.ts";
export { type SqlColumn, type SqlSchema, type SqlTable, sqlSchema } from "./schema.ts";
export { marks, type SqlDialect } from "./statement.ts";
export type { SqlStep, SqlSteps, SqlWork } from "./steps.ts";
export { isSqlKey, type SqlRow, type SqlValue } from "./values.ts";
