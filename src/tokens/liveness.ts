import { identityOf } from "../core/acting.ts";
import { accessSince } from "../core/token-families.ts";
import type { TokenSubject } from "../core/token-issuer.ts";
import { isCorrupt, isExpired } from "../store/record.ts";
import { isSessionId } from "../token/token.ts";
import type { Desk } from "./desk.ts";

/** Whether the session of an access token is alive, still that user's, and has not ended its tokens since. What names no session costs no store call. */
export async function isSessionLive(
  { find, runtime }: Desk,
  sid: unknown,
  { sub, iat }: TokenSubject,
): Promise<boolean> {
  if (!isSessionId(sid) || typeof sub !== "string") return false;
  const record = await find(sid);
  const now = runtime.now();
  if (record === null || isCorrupt(record) || isExpired(record, now)) return false;
  if (typeof iat === "number" && iat * 1_000 < accessSince(record)) return false;
  const { userId, actor } = identityOf(record, now);
  return userId === sub && actor === null;
}
