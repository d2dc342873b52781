import { applyChange } from "../../store/apply-change.ts";
import type { DestroyResult, RecordChange, UpdateResult } from "../../store/port.ts";
import { type CorruptRecord, isCorrupt, type SessionRecord } from "../../store/record.ts";
import { fields } from "../sql/columns.ts";
import { decodeText, encodeText } from "../sql/text.ts";
import { columnValue, encodeList } from "./columns.ts";
import { isDamage, overtaken } from "./errors.ts";
import type { Run } from "./link.ts";
import { readRow, readSound } from "./row.ts";
import type { Statements } from "./statements.ts";
import { updateOf } from "./update.ts";

/** What the steps work with. */
export interface Place {
  readonly name: string;
  /** The table, as statements write it. */
  readonly table: string;
  readonly statements: Statements;
}

type Found = SessionRecord | CorruptRecord | null;

const mostTries = 10;

/** Finds records with one statement. */
export async function find(run: Run, place: Place, ids: readonly string[]): Promise<readonly Found[]> {
  try {
    return await findTogether(run, place, ids);
  } catch (error) {
    if (isDamage(error)) return findEach(run, place, ids);
    throw error;
  }
}

async function findTogether(run: Run, { statements }: Place, ids: readonly string[]): Promise<readonly Found[]> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const [row] = await run(statements.findOne, [encodeText(only)]);
    const record = row ? readRow(row.v) : null;
    return [record && asked(record, record.id === only)];
  }
  const wanted = new Set(ids);
  const found = new Map<string, SessionRecord | CorruptRecord>();
  for (const { v } of await run(statements.find, [encodeList(ids)])) {
    const record = readRow(v);
    found.set(record.id, asked(record, wanted.has(record.id)));
  }
  return ids.map((id) => found.get(id) ?? null);
}

// A row on a damaged page makes the statement fail for all.
// A client that has lost a connection in the middle of an answer might count its answers wrongly from then on. Somebody else's
// record is then a failure of the client: to pass it over would sign somebody out.
function asked<Found extends SessionRecord | CorruptRecord>(record: Found, isAsked: boolean): Found {
  if (isAsked || isCorrupt(record)) return record;
  throw new TypeError("The client gave the answer to another statement.");
}

async function findEach(run: Run, place: Place, ids: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const id of ids) {
    try {
      found.push(...(await findTogether(run, place, [id])));
    } catch (error) {
      if (!isDamage(error)) throw error;
      found.push({ id, corrupt: "The server cannot read the row." });
    }
  }
  return found;
}

/** Adds a record. */
export async function create(run: Run, { statements }: Place, record: SessionRecord): Promise<"created" | "exists"> {
  const values = fields.map((field) => columnValue(record[field]));
  return (await run(statements.insert, values)).length > 0 ? "created" : "exists";
}

/**
 * Changes a record with one statement. Where that has refused, the row says why; where the row allows it, it changed while
 * the statement waited for it, and the statement is sent again. A row that cannot be read holds no session: `"missing"`.
 */
export async function update(
  run: Run,
  place: Place,
  id: string,
  change: RecordChange,
  now: number,
): Promise<UpdateResult> {
  const bound = updateOf(place.table, id, change, now);
  const { text, values } = bound ?? { text: place.statements.findOne, values: [encodeText(id)] };
  for (let tries = 0; tries < mostTries; tries++) {
    const [row] = await run(text, values);
    const record = row ? readSound(row.v) : null;
    if (record === null) return { outcome: "missing" };
    asked(record, record.id === id);
    if (row?.c === "1") return { outcome: "updated", record };
    const { result, write } = applyChange(record, change, now);
    if (write === null) return result;
  }
  throw overtaken(place.name);
}

/** Removes a record, if it has the generation where one is given. */
export async function destroy(run: Run, place: Place, id: string, generation?: number): Promise<DestroyResult> {
  const { remove, removeGeneration } = place.statements;
  const key = encodeText(id);
  if (generation === undefined) return (await run(remove, [key])).length > 0 ? "destroyed" : "missing";
  for (let tries = 0; tries < mostTries; tries++) {
    const [row] = await run(removeGeneration, [key, generation]);
    if (!row) return "missing";
    if (row.c !== "again") return row.c as DestroyResult;
  }
  throw overtaken(place.name);
}

/** Lists the records of a user. A row that cannot be read is left out. */
export async function listByUser(run: Run, { statements }: Place, userId: string): Promise<readonly SessionRecord[]> {
  const rows = await run(statements.ofUser, [encodeText(userId)]);
  return rows.map(({ v }) => readSound(v)).filter((record) => record !== null);
}

/** Removes the records of a user but one, and answers their ids. */
export async function destroyByUser(
  run: Run,
  { statements }: Place,
  userId: string,
  except: string | undefined,
): Promise<readonly string[]> {
  const spared = except === undefined ? null : encodeText(except);
  const rows = await run(statements.removeOfUser, [encodeText(userId), spared]);
  return rows.map(({ v }) => decodeText(String(v)));
}

/** Removes a record, if it is one of this user. */
export async function destroyOne(
  run: Run,
  { statements }: Place,
  userId: string,
  id: string,
): Promise<"destroyed" | "missing"> {
  const rows = await run(statements.removeIfOfUser, [encodeText(id), encodeText(userId)]);
  return rows.length > 0 ? "destroyed" : "missing";
}

/** Removes at most `limit` expired records, and answers how many. */
export async function sweep(run: Run, { statements }: Place, now: number, limit: number): Promise<number> {
  const [row] = await run(statements.sweep, [now, limit]);
  return Number(row?.c ?? 0);
}
