import type { SessionRecord } from "../store/record.ts";
import type { PostgresValue } from "./postgres-client.ts";
import { columns, type Field, fields } from "./sql/columns.ts";
import { encodeText, encodeTexts } from "./sql/text.ts";

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
const nullable = new Set<Field>([
  "previousDigest",
  "previousGraceEndsAt",
  "userId",
  "device",
  "actor",
  "authenticatedAt",
]);

/**
 * The whole row as one JSON text, `[[the plain columns], the data]`: one column is what every driver converts least, and
 * `concat` costs the server half of what `json_build_array` does.
 */
export const rowExpression = `concat('[[', ${fields
  .filter((field) => field !== "data")
  .map(jsonOf)
  .join(", ',', ")}, '],', data, ']')`;

function jsonOf(field: Field): string {
  if (field === "persistent") return `${columns[field]}::int`;
  const column = numbers.has(field) ? columns[field] : `to_json(${columns[field]})`;
  return nullable.has(field) ? `coalesce(${column}::text, 'null')` : column;
}

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
