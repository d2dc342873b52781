import type { RecordChange } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import type { DataShape } from "./data-shape.ts";
import type { Engine } from "./engine.ts";
import { type Issued, reissueLive } from "./identity.ts";
import { rotateChange } from "./lifecycle.ts";
import type { Live } from "./standing.ts";
import { familyEpochKey } from "./token-families.ts";

/**
 * Replaces the data and the token of a session in one atomic write, and shuts out every request that began before: for
 * applications whose data says who the visitor is. Like sign-in it gives the old token no grace; the deadlines stay.
 */
export async function renew(engine: Engine, live: Live, data: Readonly<Record<string, string>>): Promise<Issued> {
  const { shape } = engine.policy;
  const issued = await reissueLive(engine, live, "replace", (record, digest, now) => ({
    ...wholly(shape, record, data),
    raiseGeneration: true,
    ...rotateChange(record, digest, 0, now),
  }));
  const { id: sessionId, userId } = issued.live.record;
  engine.emit({ type: "rotated", sessionId, userId });
  return issued;
}

/** Puts data in the place of all the application's data in a record. What extensions hold there stays. */
function wholly(shape: DataShape, record: SessionRecord, data: Readonly<Record<string, string>>): RecordChange {
  const keys = Object.keys(record.data);
  if (!keys.some((key) => shape.isForeign(key))) return { expect: { [familyEpochKey]: null }, clear: true, set: data };
  return { remove: keys.filter((key) => !shape.isForeign(key) && !Object.hasOwn(data, key)), set: data };
}
