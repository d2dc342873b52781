import { decodeText } from "../sql/text.ts";
import { keyOf, storedId } from "./columns.ts";
import type { Session } from "./session.ts";
import { mostIds, type Statements } from "./statements.ts";

/**
 * Removes the records of a user but one, and answers their ids.
 *
 * The ids are read first, outside of any transaction: whatever was bound to the user before the call began is among them.
 * One transaction then locks those of them that still are the user's, removes them, and names just these. A session that is
 * bound to the user later is not among the ids: it overlaps the call, lives, and is listed. One that another call removes
 * or hands on meanwhile is not named, for it did not die of this call. Rows are locked by their keys, which takes no lock
 * that a sign-in of another session of the user would need.
 */
export async function destroyByUser(
  session: Session,
  statements: Statements,
  userId: string,
  except: string | undefined,
): Promise<readonly string[]> {
  const user = keyOf(userId);
  const spared = except === undefined ? null : Buffer.from(keyOf(except));
  const found = (await session.read(statements.idsOfUser, [user])).map(([id]) => id as Buffer);
  const ids = found.filter((id) => !spared?.equals(id)).sort(Buffer.compare);
  if (ids.length === 0) return [];
  return session.transact(async (inside) => {
    const removed: string[] = [];
    for (let at = 0; at < ids.length; at += mostIds) {
      removed.push(...(await removeSome(inside, statements, ids.slice(at, at + mostIds), user)));
    }
    return removed;
  });
}

/** Removes a record, if it is one of this user. */
export async function destroyOne(
  session: Session,
  { removeIfOfUser }: Statements,
  userId: string,
  id: string,
): Promise<"destroyed" | "missing"> {
  const removed = await session.write(removeIfOfUser, [keyOf(id), keyOf(userId)]);
  return removed === 0 ? "missing" : "destroyed";
}

async function removeSome(
  session: Session,
  { lockOfUser, removeAll }: Statements,
  ids: readonly Buffer[],
  user: Uint8Array,
): Promise<string[]> {
  const lock = lockOfUser(ids, user);
  const locked = await session.read(lock.sql, lock.values);
  if (locked.length === 0) return [];
  const { sql, values } = removeAll(locked.map(([id]) => id as Buffer));
  await session.write(sql, values);
  return locked.map((row) => decodeText(storedId(row)));
}
