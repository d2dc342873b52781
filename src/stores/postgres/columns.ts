import type { SessionRecord } from "../../store/record.ts";
import { columns, type Field, fields } from "../sql/columns.ts";
import { encodeText, encodeTexts } from "../sql/text.ts";
import type { PostgresValue } from "./client.ts";

const numbers = new Set<Field>([
  "previousGraceEndsAt",
  "createdAt",
  "authenticatedAt",
  "lastSeenAt",
  "idleExpiresAt",
  "expiresAt",
  "generation",
  "version",
]);
/**
 * The whole row as one text, the data last: one column is what every driver converts least, and joining costs the server about
 * half of what JSON does. `concat` takes a null for an empty text, which no text of ours is.
 */
export const rowExpression = `concat(${[...fields.filter((field) => field !== "data"), "data" as const]
  .map((field) => columns[field])
  .join(", E'\\x1f', ")})`;

/** The type of each column, which its parameter is declared with: drivers then need not guess from the value. */
export function castOf(field: Field): string {
  if (field === "data") return "::text::jsonb";
  if (field === "persistent") return "::boolean";
  return numbers.has(field) ? "::bigint" : "::text";
}

/** What is passed for the value of a field. */
export function columnValue(value: SessionRecord[Field]): PostgresValue {
  if (typeof value === "object" && value !== null) return encodeTexts(value);
  return typeof value === "string" ? encodeText(value) : (value as PostgresValue);
}

/** A list of texts as PostgreSQL writes an array. Drivers differ in how, and whether, they do this themselves. */
export function encodeList(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${encodeText(text).replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
