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

/** The keys of the families that a record is known to have. */
export function familyKeysOf({ data }: Pick<SessionRecord, "data">): string[] {
  return Object.keys(data).filter((key) => key.startsWith(`${familyEpochKey}.`));
}

/**
 * A change that ends every family of a session, also those that were begun since its record was read: they quote another text. To be
 * made together with the raised generation. Where there was no family, it is made only if there still is none.
 */
export function endFamilies(record: SessionRecord): Pick<RecordChange, "expect" | "remove" | "set"> {
  if (!Object.hasOwn(record.data, familyEpochKey)) return { expect: { [familyEpochKey]: null } };
  return { remove: familyKeysOf(record), set: { [familyEpochKey]: String(record.generation + 1) } };
}
