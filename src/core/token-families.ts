import type { RecordChange } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";

/**
 * The key of the text that every living refresh family of a session quotes, there as soon as the session has had one. The keys of
 * the families begin with it. They are in no application's data, whether or not a configuration has tokens: another one with the
 * same store may have. So whatever ends the session or drops its data ends them in the same step.
 */
export const familyEpochKey = "~refresh";

/** The key of one family. */
export function familyKey(family: string): string {
  return `${familyEpochKey}.${family}`;
}

/** The name of the family that is kept under a key. */
export function familyOfKey(key: string): string {
  return key.slice(familyEpochKey.length + 1);
}

/** The keys of the families that a record is known to have. */
export function familyKeysOf({ data }: Pick<SessionRecord, "data">): string[] {
  return Object.keys(data).filter((key) => key.startsWith(`${familyEpochKey}.`));
}

/**
 * A change that ends every family of a session, also those that were begun since its record was read: they quote another text. To be
 * made together with the raised generation. Where there was no family, it is made only if there still is none.
 *
 * @param endedAt Now, where access tokens may have been issued: those of before it end too. `null` where there are none.
 */
export function endFamilies(
  record: SessionRecord,
  endedAt: number | null,
): Pick<RecordChange, "expect" | "remove" | "set"> {
  const hasSome = Object.hasOwn(record.data, familyEpochKey);
  // One more: what was issued in this very millisecond is before it too. What was ended before stays so, by whatever clock.
  const since = Math.max(accessSince(record), endedAt === null ? 0 : endedAt + 1);
  const text = since === 0 ? String(record.generation + 1) : `${record.generation + 1}@${since}`;
  const set = hasSome || endedAt !== null ? { set: { [familyEpochKey]: text } } : {};
  return hasSome ? { remove: familyKeysOf(record), ...set } : { expect: { [familyEpochKey]: null }, ...set };
}

/**
 * What a session whose data is dropped still says of tokens: since when they count, so that none comes back to life whose end the data
 * told of. Nothing, where none was ended.
 *
 * @param endedAt When those of the user of until now end as well, in epoch milliseconds.
 */
export function withoutFamilies(
  record: Pick<SessionRecord, "data" | "generation">,
  endedAt = 0,
): Readonly<Record<string, string>> {
  const since = Math.max(accessSince(record), endedAt);
  return since === 0 ? {} : { [familyEpochKey]: `${record.generation + 1}@${since}` };
}

/** Since when the access tokens of a session count, in epoch milliseconds; 0 where none was ended but with it. */
export function accessSince({ data }: Pick<SessionRecord, "data">): number {
  const text = Object.hasOwn(data, familyEpochKey) ? (data[familyEpochKey] as string) : "";
  const instant = Number(/^\d+@(\d+)$/.exec(text)?.[1] ?? 0);
  return Number.isSafeInteger(instant) ? instant : 0;
}
