import type { DestroyResult, RecordChange, UpdateResult } from "../../store/port.ts";
import { type CorruptRecord, isCorrupt, type SessionRecord } from "../../store/record.ts";
import { changeArguments, type Stamps, setArguments } from "./change.ts";
import type { Link, Reply } from "./client.ts";
import { isWrongType, storeError, unsureError } from "./errors.ts";
import type { Keys } from "./keys.ts";
import { lineOf, pack, packedField, unpack } from "./pack.ts";
import type { Runner } from "./runner.ts";
import { createScript, destroyOfUserScript, destroyScript, outlivesMs, updateScript } from "./scripts.ts";
import { encodeLine } from "./text.ts";
import type { Binding, UserIndex } from "./user-index.ts";

/** What the steps of one store work with. */
export interface Workshop {
  readonly name: string;
  readonly link: Link;
  readonly runner: Runner;
  readonly keys: Keys;
  readonly index: UserIndex;
  readonly stamps: Stamps;
}

/** Finds records, each by one read of its hash; all of them leave together. */
export async function find(
  { name, link, keys }: Workshop,
  ids: readonly string[],
): Promise<ReadonlyArray<SessionRecord | CorruptRecord | null>> {
  if (ids.length === 0) return [];
  const replies = await link.readAll(ids.map(keys.session)).catch((error) => {
    throw storeError(name, "find sessions", error);
  });
  return ids.map((id, at) => found(name, id, replies[at]));
}

function found(name: string, id: string, reply: Reply): SessionRecord | CorruptRecord | null {
  if (!(reply instanceof Error)) return unpack(id, reply);
  if (isWrongType(reply)) return { id, corrupt: "The key does not hold a hash." };
  throw storeError(name, "find sessions", reply);
}

/** Adds a record, after the entry in the index of its user. */
export async function create({ runner, keys, index }: Workshop, record: SessionRecord): Promise<"created" | "exists"> {
  const { id, userId, expiresAt, idleExpiresAt, lastSeenAt } = record;
  const tag = userId === null ? "" : index.newTag();
  const key = keys.session(id);
  const args = [
    encodeLine(record.digest),
    String(Math.min(idleExpiresAt, expiresAt) + outlivesMs),
    packedField,
    pack(record, tag),
    ...setArguments(record.data),
  ];
  if (userId !== null) await index.add({ user: lineOf(userId), tag }, id, expiresAt, lastSeenAt);
  return (await runner.run("create a session", createScript, key, args)) === "created" ? "created" : "exists";
}

/** Changes a record. Where that binds a user, the entry in the index comes first. */
export async function update(workshop: Workshop, id: string, change: RecordChange, now: number): Promise<UpdateResult> {
  const { name, runner, keys, stamps } = workshop;
  const entry = await indexFirst(workshop, id, change, now);
  const args = changeArguments(change, now, stamps.next(now), entry?.binding.tag ?? null);
  const reply = await runner.run("change a session", updateScript, keys.session(id), args);
  const [outcome, hash, ...bindings] = reply as readonly [string, Reply, ...string[]];
  if (outcome === "unsure") throw unsureError(name);
  if (outcome !== "updated") return { outcome } as UpdateResult;
  const record = unpack(id, hash);
  if (record === null || isCorrupt(record)) return { outcome: "missing" };
  await indexAfterwards(workshop, record, change, entry, bindings, now);
  return { outcome: "updated", record };
}

interface Entry {
  readonly binding: Binding;
  readonly expiresAt: number;
}

/** Adds the entry of the user whom a change binds; none for a change that binds nobody. */
async function indexFirst(workshop: Workshop, id: string, change: RecordChange, now: number): Promise<Entry | null> {
  const { userId, expiresAt } = change.fields ?? {};
  if (userId === undefined) return null;
  if (userId === null) return { binding: { user: "", tag: "" }, expiresAt: 0 };
  const { index } = workshop;
  const entry = {
    binding: { user: lineOf(userId), tag: index.newTag() },
    expiresAt: expiresAt ?? (await deadlineOf(workshop, id)),
  };
  await index.add(entry.binding, id, entry.expiresAt, now);
  return entry;
}

async function deadlineOf(workshop: Workshop, id: string): Promise<number> {
  const [record] = await find(workshop, [id]);
  return !record || isCorrupt(record) ? 0 : record.expiresAt;
}

/** Lets the entry live as long as the session now does, and drops the one of a user whose session it was before. */
async function indexAfterwards(
  { index }: Workshop,
  { id, expiresAt }: SessionRecord,
  { fields }: RecordChange,
  entry: Entry | null,
  [oldUser = "", oldTag = "", user = "", tag = ""]: readonly string[],
  now: number,
): Promise<void> {
  if (oldTag !== tag) index.drop({ user: oldUser, tag: oldTag }, id);
  const isIndexed = entry !== null && entry.binding.tag === tag && entry.expiresAt >= expiresAt;
  const mayLiveLonger = entry !== null || fields?.expiresAt !== undefined;
  if (user !== "" && mayLiveLonger && !isIndexed) await index.add({ user, tag }, id, expiresAt, now);
}

/** Removes a record, if it has the generation where one is given. */
export async function destroy(
  { runner, keys, index }: Workshop,
  id: string,
  generation: number | undefined,
): Promise<DestroyResult> {
  const args = [generation === undefined ? "" : String(generation)];
  const reply = await runner.run("destroy a session", destroyScript, keys.session(id), args);
  const [outcome, user = "", tag = ""] = reply as readonly [DestroyResult, string?, string?];
  if (outcome === "destroyed") index.drop({ user, tag }, id);
  return outcome;
}

const mostAtOnce = 100;

/** Lists the records of a user. What cannot be read is left out. */
export async function listByUser(workshop: Workshop, userId: string): Promise<readonly SessionRecord[]> {
  const ids = await workshop.index.idsOf(lineOf(userId));
  const records: SessionRecord[] = [];
  for (let at = 0; at < ids.length; at += mostAtOnce) {
    for (const record of await find(workshop, ids.slice(at, at + mostAtOnce))) {
      if (record && !isCorrupt(record) && record.userId === userId) records.push(record);
    }
  }
  return records;
}

/** Removes the records of a user but one, each by a script that looks at its user again, and answers their ids. */
export async function destroyByUser(
  workshop: Workshop,
  userId: string,
  except: string | undefined,
): Promise<readonly string[]> {
  const ids = (await workshop.index.idsOf(lineOf(userId))).filter((id) => id !== except);
  const destroyed: string[] = [];
  for (let at = 0; at < ids.length; at += mostAtOnce) {
    const some = ids.slice(at, at + mostAtOnce);
    const answers = await Promise.all(some.map((id) => destroyOf(workshop, "destroy sessions", userId, id)));
    destroyed.push(...some.filter((_, turn) => answers[turn] === "destroyed"));
  }
  return destroyed;
}

/** Removes a record, if it is one of this user. */
export function destroyOne(workshop: Workshop, userId: string, id: string): Promise<"destroyed" | "missing"> {
  return destroyOf(workshop, "destroy a session", userId, id);
}

async function destroyOf(
  { runner, keys, index }: Workshop,
  task: string,
  userId: string,
  id: string,
): Promise<"destroyed" | "missing"> {
  const user = lineOf(userId);
  const reply = await runner.run(task, destroyOfUserScript, keys.session(id), [user]);
  const [outcome, , tag = ""] = reply as readonly ["destroyed" | "missing", string?, string?];
  if (outcome === "destroyed") index.drop({ user, tag }, id);
  return outcome;
}
