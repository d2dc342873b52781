import { cookieValues } from "../cookie/parse.ts";
import type { SessionCookie } from "../cookie/rules.ts";
import { blankCookie, sessionCookie } from "../cookie/session-cookie.ts";
import { identityEnd } from "../core/acting.ts";
import type { Emit } from "../core/events.ts";
import type { Policy } from "../core/policy.ts";
import type { SnapshotPolicy } from "../core/snapshot-policy.ts";
import type { Visit } from "../core/visit.ts";
import type { SessionRecord } from "../store/record.ts";
import { type SnapshotContent, signSnapshot, verifySnapshot } from "../token/snapshot.ts";
import { parseToken } from "../token/token.ts";
import { isBearer } from "./credential.ts";
import type { Exchange } from "./exchange.ts";

/** The session's cookie, and where it is cleared that of its snapshot with it. */
export function withSnapshot({ snapshot }: Policy, cookie: SessionCookie): readonly SessionCookie[] {
  return snapshot && cookie.value === "" ? [cookie, blankCookie(snapshot.cookie)] : [cookie];
}

/** A request whose session may be copied for those who cannot ask the store. */
export interface Copied {
  readonly manager: { readonly policy: Policy; readonly emit: Emit };
  readonly exchange: Exchange;
  readonly visit: Visit;
  /** An instant before the session was read, in epoch milliseconds: what ended after it may be shown, for `maxStale`. */
  readonly readAt: number;
}

/**
 * Sets the snapshot cookie where it is missing, of another session or state of it, or past half its life. Of a session that is not
 * signed in there is none. The copy is a convenience: where it cannot be made, that is an event, and the response goes without.
 */
export async function renewSnapshot(copied: Copied): Promise<void> {
  const { manager, exchange, visit } = copied;
  const { policy, emit } = manager;
  const { snapshot } = policy;
  if (!snapshot || isBearer(policy, exchange) || !visit.record) return;
  const token = tokenInHand(policy, exchange, visit.record);
  if (token === null || (await isFresh(policy, snapshot, exchange, token, visit.record))) return;
  const sessionId = visit.record.id;
  try {
    const content = await contentOf(copied, snapshot);
    if (!content) return;
    const value = await signSnapshot(snapshot.secrets[0] as string, token, content);
    if (snapshot.cookie.name.length + value.length > snapshot.maxBytes)
      return emit({ type: "snapshot-skipped", sessionId, reason: "too-large" });
    const life = Math.ceil((content.until - policy.runtime.now()) / 1_000);
    if (!exchange.isSealed()) exchange.setCookie(sessionCookie(snapshot.cookie, value, life));
  } catch {
    emit({ type: "snapshot-skipped", sessionId, reason: "unavailable" });
  }
}

/** The token that the visitor will come with next time. */
function tokenInHand({ cookie }: Policy, exchange: Exchange, { id }: SessionRecord): string | null {
  const given = exchange.given(cookie.name);
  if (given !== null) return given === "" ? null : given;
  const presented = new Set(cookieValues(exchange.header("cookie"), cookie.name));
  const ours = [...presented].filter((text) => parseToken("session", text)?.id === id);
  return ours.length === 1 ? (ours[0] as string) : null;
}

async function isFresh(
  { runtime }: Policy,
  { cookie, secrets, maxStale }: SnapshotPolicy,
  exchange: Exchange,
  token: string,
  record: SessionRecord,
): Promise<boolean> {
  const [text, ...others] = cookieValues(exchange.header("cookie"), cookie.name);
  const content = text === undefined || others.length > 0 ? null : await verifySnapshot(secrets, token, text);
  if (!content || content.version !== record.version || content.generation !== record.generation) return false;
  const now = runtime.now();
  return content.sessionId === record.id && now < content.until && now < content.readAt + maxStale / 2;
}

/** What there is to copy; `null` where nobody is signed in, or so much time has passed that the copy would count for nothing. */
async function contentOf(
  { manager, visit, readAt }: Copied,
  { maxStale }: SnapshotPolicy,
): Promise<SnapshotContent | null> {
  await visit.confirm();
  await visit.loadUser();
  const { record, identity } = visit;
  if (!record || identity.userId === null) return null;
  const { id: sessionId, generation, version, idleExpiresAt, expiresAt } = record;
  const until = Math.min(readAt + maxStale, idleExpiresAt, expiresAt, identityEnd(record, readAt));
  if (until <= manager.policy.runtime.now()) return null;
  return { sessionId, generation, version, readAt, until, view: await visit.readonlySession().toClient() };
}
