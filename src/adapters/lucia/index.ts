/** Coming from Lucia 3: its ten methods over any store, and its sessions moved at first use. */

export { luciaImportMiddleware, withLuciaImport } from "./import-requests.ts";
export {
  type ImportedRequest,
  type ImportedSession,
  type LuciaImporter,
  type LuciaImporterOptions,
  luciaImporter,
} from "./importer.ts";
export { Lucia, type SessionOf, type UserOf, type Validated } from "./lucia.ts";
export { type LuciaMysqlClient, luciaMysqlTable } from "./mysql-table.ts";
export type { LuciaCookieOptions, LuciaOptions, LuciaShapes } from "./options.ts";
export { type LuciaPostgresClient, type LuciaPostgresJs, luciaPostgresTable } from "./postgres-table.ts";
export { generateId, generateIdFromEntropySize } from "./random-ids.ts";
export { verifyRequestOrigin } from "./request-origin.ts";
export type { LuciaSession, LuciaSessionCore, LuciaUser } from "./session.ts";
export type { LuciaCookie } from "./session-cookie.ts";
export { type LuciaSqliteDatabase, luciaSqliteTable } from "./sqlite-table.ts";
export type { LuciaRow, LuciaTable, LuciaTableNames } from "./table.ts";
export { type Lasting, TimeSpan, type TimeSpanUnit } from "./time-span.ts";
