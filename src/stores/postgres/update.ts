import type { RecordChange } from "../../store/port.ts";
import type { SessionRecord } from "../../store/record.ts";
import { columns, type Field } from "../sql/columns.ts";
import { encodeText, encodeTexts } from "../sql/text.ts";
import type { PostgresValue } from "./client.ts";
import { castOf, columnValue, encodeList, rowExpression } from "./columns.ts";

/** A statement with its values. */
export interface Bound {
  readonly text: string;
  readonly values: PostgresValue[];
}

/**
 * Writes the one statement that makes a change where all its conditions hold. It answers one row: `c` is `'1'` with the
 * row as it now is, or `'0'` with the row as the statement found it; and none where there is no row of the id.
 *
 * The conditions ask the table's own columns, and no sub-query: PostgreSQL asks them again of a row's newest version when it
 * has waited for another change of it. The text depends on the parts of the change alone, never on a key or a value.
 *
 * @returns `null` when the change writes nothing, whatever is stored.
 */
export function updateOf(table: string, id: string, change: RecordChange, now: number): Bound | null {
  const values: PostgresValue[] = [];
  const bind: Bind = (value, cast) => `$${values.push(value)}${cast}`;
  const key = bind(encodeText(id), "::text");
  const set = assignments(change, bind);
  if (set.length === 0 || (change.token?.from === change.token?.to && change.token)) return null;
  const text = `WITH changed AS (UPDATE ${table} SET ${set.join(", ")}
WHERE ${[`id = ${key}`, ...conditions(change, now, bind)].join(" AND ")} RETURNING ${rowExpression} AS v)
SELECT '1' AS c, v FROM changed
UNION ALL SELECT '0', ${rowExpression} FROM ${table} WHERE id = ${key} AND NOT EXISTS (SELECT FROM changed)`;
  return { text, values };
}

type Bind = (value: PostgresValue, cast: string) => string;

function conditions(change: RecordChange, now: number, bind: Bind): string[] {
  const { generation, token, expect = {}, touch } = change;
  const instant = bind(now, "::bigint");
  const all = [`idle_expires_at > ${instant}`, `expires_at > ${instant}`];
  if (generation !== undefined) all.push(`generation = ${bind(generation, "::bigint")}`);
  if (token) all.push(`digest = ${bind(encodeText(token.from), "::text")}`);
  if (isEditingData(change)) all.push("jsonb_typeof(data) = 'object'");
  const keys = Object.keys(expect);
  const present = keys.filter((key) => expect[key] !== null);
  const absent = keys.filter((key) => expect[key] === null);
  if (present.length > 0) all.push(`data @> ${bind(encodeTexts(pick(expect, present)), "::text::jsonb")}`);
  if (absent.length > 0) all.push(`NOT data ?| ${bind(encodeList(absent), "::text[]")}`);
  if (touch && !isEdit(change)) all.push(`last_seen_at < ${bind(touch.ifSeenBefore, "::bigint")}`);
  return all;
}

function pick(texts: Readonly<Record<string, string | null>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, texts[key] as string]));
}

function assignments(change: RecordChange, bind: Bind): string[] {
  const { token } = change;
  const set = new Map<Field, string>();
  for (const [field, value] of entriesOf(change.fields)) set.set(field, bind(columnValue(value), castOf(field)));
  if (isEditingData(change)) set.set("data", editedData(change, bind));
  if (token) {
    set.set("digest", bind(encodeText(token.to), "::text"));
    set.set("previousDigest", bind(encodeText(token.from), "::text"));
    set.set("previousGraceEndsAt", bind(token.graceEndsAt, "::bigint"));
  }
  if (change.raiseGeneration) set.set("generation", "generation + 1");
  if (isEdit(change)) set.set("version", "version + 1");
  touch(change, set, bind);
  return [...set].map(([field, expression]) => `${columns[field]} = ${expression}`);
}

// A key is replaced whole, by the text that is set: nothing is merged inside of it.
function editedData({ clear, remove = [], set = {} }: RecordChange, bind: Bind): string {
  let data = clear ? "'{}'::jsonb" : "data";
  if (!clear && remove.length > 0) data = `(${data} - ${bind(encodeList(remove), "::text[]")})`;
  return Object.keys(set).length > 0 ? `${data} || ${bind(encodeTexts(set), "::text::jsonb")}` : data;
}

/** Sets the deadline where it is due. With a `lastSeenAt` among the fields that is known already. */
function touch(change: RecordChange, set: Map<Field, string>, bind: Bind): void {
  const { touch, fields = {} } = change;
  if (!touch || (fields.lastSeenAt !== undefined && fields.lastSeenAt >= touch.ifSeenBefore)) return;
  const seen = bind(touch.lastSeenAt, "::bigint");
  const expires = bind(touch.idleExpiresAt, "::bigint");
  const isSettled = fields.lastSeenAt !== undefined || !isEdit(change);
  const due = isSettled ? null : `last_seen_at < ${bind(touch.ifSeenBefore, "::bigint")}`;
  const unless = (expression: string, otherwise: string) =>
    due ? `CASE WHEN ${due} THEN ${expression} ELSE ${otherwise} END` : expression;
  const before = set.get("idleExpiresAt") ?? columns.idleExpiresAt;
  set.set("lastSeenAt", unless(seen, columns.lastSeenAt));
  set.set("idleExpiresAt", unless(expires, before));
}

/** Whether the change asks for more than a touch. */
function isEdit(change: RecordChange): boolean {
  const { token, raiseGeneration, fields = {} } = change;
  return isEditingData(change) || Boolean(token || raiseGeneration) || Object.keys(fields).length > 0;
}

function isEditingData({ clear, remove = [], set = {} }: RecordChange): boolean {
  return Boolean(clear) || remove.length > 0 || Object.keys(set).length > 0;
}

function entriesOf(fields: RecordChange["fields"]): [Field, SessionRecord[Field]][] {
  return Object.entries(fields ?? {}) as [Field, SessionRecord[Field]][];
}
