import { applyChange } from "../../store/apply-change.ts";
import type { DestroyResult, RecordChange, UpdateResult } from "../../store/port.ts";
import { type CorruptRecord, isCorrupt, type SessionRecord } from "../../store/record.ts";
import { fields } from "../sql/columns.ts";
import { encodeText } from "../sql/text.ts";
import { columnValue, keyOf, readRow, storedId } from "./columns.ts";
import { isDuplicate } from "./errors.ts";
import { overtaken } from "./link.ts";
import type { Session } from "./session.ts";
import type { Statement, Statements } from "./statements.ts";

type Found = SessionRecord | CorruptRecord | null;

/** Finds records, in the order of their ids. */
export async function find(session: Session, { find }: Statements, ids: readonly string[]): Promise<Found[]> {
  const { sql, values } = find(ids.map(keyOf));
  const rows = new Map((await session.read(sql, values)).map((row) => [storedId(row), row]));
  return ids.map((id) => {
    const row = rows.get(encodeText(id));
    return row ? readRow(id, row) : null;
  });
}

/** Adds a record. */
export async function create(
  session: Session,
  { insert }: Statements,
  record: SessionRecord,
): Promise<"created" | "exists"> {
  const values = fields.map((field) => columnValue(record, field));
  try {
    await session.write(insert, values);
    return "created";
  } catch (error) {
    if (isDuplicate(error)) return "exists";
    throw error;
  }
}

/**
 * Changes a record if nobody does so between reading and writing. One that was overtaken holds the row still the next time,
 * and waits for it in the line that the server keeps: among many writers those who only try again would never come through.
 * A row that cannot be read holds no session: `"missing"`.
 */
export async function update(
  session: Session,
  statements: Statements,
  id: string,
  change: RecordChange,
  now: number,
  tries: number,
): Promise<UpdateResult | typeof overtaken> {
  if (tries < optimisticTries) return updateOnce(session, statements, statements.find([keyOf(id)]), id, change, now);
  return session.transact((inside) => updateOnce(inside, statements, statements.lock(keyOf(id)), id, change, now));
}

const optimisticTries = 1;

async function updateOnce(
  session: Session,
  statements: Statements,
  look: Statement,
  id: string,
  change: RecordChange,
  now: number,
): Promise<UpdateResult | typeof overtaken> {
  const [row] = await session.read(look.sql, look.values);
  const found = row ? readRow(id, row) : null;
  const record = isReadable(found) ? found : null;
  const { result, write } = applyChange(record, change, now);
  const statement = record && write && statements.update(record, write);
  if (!statement) return result;
  // One row, whether the driver counts the rows found or the rows changed: a column changes always.
  return (await session.write(statement.sql, statement.values)) === 1 ? result : overtaken;
}

/** Removes a record, if it has the generation where one is given. */
export async function destroy(
  session: Session,
  { remove, removeGeneration, generationOf }: Statements,
  id: string,
  generation?: number,
): Promise<DestroyResult | typeof overtaken> {
  const key = keyOf(id);
  if (generation === undefined) return (await session.write(remove, [key])) === 0 ? "missing" : "destroyed";
  if ((await session.write(removeGeneration, [key, String(generation)])) > 0) return "destroyed";
  const [row] = await session.read(generationOf, [key]);
  if (!row) return "missing";
  return Number(String(row[0])) === generation ? overtaken : "replaced";
}

/** Lists the records of a user. A row that cannot be read is left out. */
export async function listByUser(
  session: Session,
  { ofUser }: Statements,
  userId: string,
): Promise<readonly SessionRecord[]> {
  const rows = await session.read(ofUser, [keyOf(userId)]);
  return rows.map((row) => readRow("", row)).filter(isReadable);
}

/** Removes at most `limit` expired records at once. Answers how many there were to remove, and how many this call has removed. */
export async function sweepSome(
  session: Session,
  { expired, removeExpired }: Statements,
  now: number,
  limit: number,
): Promise<{ readonly seen: number; readonly removed: number }> {
  const rows = await session.run(expired(now, limit));
  if (rows.length === 0) return { seen: 0, removed: 0 };
  // In one order, so that two who sweep at once wait for each other instead of for ever.
  const ids = rows.map(([id]) => id as Buffer).sort(Buffer.compare);
  const { sql, values } = removeExpired(ids, now);
  return { seen: rows.length, removed: await session.write(sql, values) };
}

function isReadable(found: Found): found is SessionRecord {
  return found !== null && !isCorrupt(found);
}
