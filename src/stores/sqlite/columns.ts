import type { SessionRecord } from "../../store/record.ts";
import { columns, type Field } from "../sql/columns.ts";
import { encodeData, encodeText } from "../sql/text.ts";
import type { SqliteValue } from "./database.ts";

const { data, ...plain } = columns;

/**
 * The whole row as one JSON text, `[[the plain columns], the data]`: the engine parses that faster than any driver converts
 * sixteen values. It is JSON with two members only if the data is one JSON value.
 */
export const rowExpression = `'[' || json_array(${Object.values(plain).join(", ")}) || ',' || ${data} || ']'`;

/** The id alone, in the same form. Whatever the column holds, it is a text. */
export const idExpression = `json_array(CAST(${columns.id} AS TEXT))`;

/** What a column holds for a field of a record. */
export function columnValue(record: SessionRecord, field: Field): SqliteValue {
  if (field === "data") return encodeData(record.data);
  const value = record[field];
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? encodeText(value) : value;
}
