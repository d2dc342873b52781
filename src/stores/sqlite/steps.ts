import { applyChange } from "../../store/apply-change.ts";
import type { DestroyResult, RecordChange, UpdateResult } from "../../store/port.ts";
import { type CorruptRecord, isCorrupt, type SessionRecord } from "../../store/record.ts";
import { fields } from "../sql/columns.ts";
import { readId, readRow } from "../sql/row.ts";
import { encodeText } from "../sql/text.ts";
import { columnValue } from "./columns.ts";
import { changesOf } from "./database.ts";
import { isRowError } from "./errors.ts";
import { rowValue, type Statements } from "./statements.ts";
import type { StoreConnection } from "./store-connection.ts";

/** Finds one record. */
export function findOne({ find }: Statements, id: string): SessionRecord | CorruptRecord | null {
  try {
    const row = find.get(encodeText(id));
    return row ? readRow(id, rowValue(row)) : null;
  } catch (error) {
    if (isRowError(error)) return { id, corrupt: "A column holds a blob." };
    throw error;
  }
}

/** Adds a record. */
export function create({ statements, transact }: StoreConnection, record: SessionRecord): "created" | "exists" {
  const values = fields.map((field) => columnValue(record, field));
  return transact(() => changesOf(statements.insert.run(...values))) === 1 ? "created" : "exists";
}

/** Changes a record while no other connection can write. A row that cannot be read holds no session: `"missing"`. */
export function update(
  { statements, transact }: StoreConnection,
  id: string,
  change: RecordChange,
  now: number,
): UpdateResult {
  return transact(() => {
    const found = findOne(statements, id);
    const record = isReadable(found) ? found : null;
    const { result, write } = applyChange(record, change, now);
    if (record && write) statements.update(record, write);
    return result;
  });
}

/** Removes a record, if it has the generation where one is given. */
export function destroy({ statements, transact }: StoreConnection, id: string, generation?: number): DestroyResult {
  const key = encodeText(id);
  return transact(() => {
    if (generation === undefined) return changesOf(statements.remove.run(key)) === 0 ? "missing" : "destroyed";
    if (changesOf(statements.removeGeneration.run(key, generation)) > 0) return "destroyed";
    return findOne(statements, id) ? "replaced" : "missing";
  });
}

/** Lists the records of a user. A row that cannot be read is left out. */
export function listByUser(connection: StoreConnection, userId: string): readonly SessionRecord[] {
  try {
    const rows = connection.statements.ofUser.all(encodeText(userId));
    return rows.map((row) => readRow("", rowValue(row))).filter(isReadable);
  } catch (error) {
    if (isRowError(error)) return listOneByOne(connection, userId);
    throw error;
  }
}

// One row has made the whole query fail.
function listOneByOne({ statements, transact }: StoreConnection, userId: string): readonly SessionRecord[] {
  return transact(() => {
    const ids = statements.idsOfUser.all(encodeText(userId)).flatMap((row) => readId(rowValue(row)));
    return ids.map((id) => findOne(statements, id)).filter(isReadable);
  });
}

function isReadable(found: SessionRecord | CorruptRecord | null): found is SessionRecord {
  return found !== null && !isCorrupt(found);
}

/** Removes the records of a user but one, and answers their ids. */
export function destroyByUser(
  { statements, transact }: StoreConnection,
  userId: string,
  except: string | undefined,
): readonly string[] {
  const spared = except === undefined ? null : encodeText(except);
  const rows = transact(() => statements.removeOfUser.all(encodeText(userId), spared));
  return rows.flatMap((row) => readId(rowValue(row)));
}

/** Removes a record, if it is one of this user. */
export function destroyOne(
  { statements, transact }: StoreConnection,
  userId: string,
  id: string,
): "destroyed" | "missing" {
  const values = [encodeText(id), encodeText(userId)] as const;
  return transact(() => changesOf(statements.removeIfOfUser.run(...values))) === 0 ? "missing" : "destroyed";
}

/** Removes at most `limit` expired records at once, and answers how many. */
export function sweepSome({ statements, transact }: StoreConnection, now: number, limit: number): number {
  return transact(() => changesOf(statements.sweep.run(now, limit)));
}
