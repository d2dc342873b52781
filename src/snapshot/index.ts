/** Decides by a signed copy of the session, where the store is out of reach: in a proxy, or in a function at the edge. */
import { cookieValues } from "../cookie/parse.ts";
import { snapshotName } from "../cookie/snapshot-cookie.ts";
import { SessionConfigError } from "../errors.ts";
import { isPromise } from "../maybe.ts";
import { systemClock } from "../runtime.ts";
import { verifySnapshot } from "../token/snapshot.ts";
import { parseToken } from "../token/token.ts";

/** What it takes to read a snapshot. */
export interface ReadSnapshotOptions {
  /** The `secrets` of the sessions' configuration: any of them verifies. */
  readonly secrets: readonly string[];
  /** The name of the session's cookie (default `"__Host-session"`; it is `"session"` for http on localhost). */
  readonly cookieName?: string;
  /** The clock (default: the machine's). For tests. */
  readonly runtime?: { now(): number };
}

/** A session as it was a moment ago. */
export interface Snapshot<View> {
  /** The public id of the session. */
  readonly sessionId: string;
  /** What `session.toClient()` showed. */
  readonly view: View;
  /** When the session was read that it shows, in epoch milliseconds. */
  readonly readAt: number;
  /** The instant from which it counts for nothing: at most `maxStale` after `readAt`. */
  readonly until: number;
}

/** A request of any runtime, as far as its headers go. */
export interface WithHeaders {
  readonly headers: { get(name: string): string | null };
}

/**
 * Tells who is signed in by the snapshot cookie of a request, without the store, for at most `maxStale` after the session was read.
 *
 * `null` says that it is not known, and never that nobody is signed in: there is no snapshot, an old one, one of another session or
 * a forged one; ask the store then. A request with an `Authorization: Bearer` header is not known either, whatever its cookies.
 * A session that was signed out or revoked elsewhere is shown until its snapshot ends; so ask the store for what must not be
 * late by that much, and for whatever changes something. Costs one HMAC, no input and output. Runs anywhere; never throws for what
 * a request brings.
 *
 * @returns What the snapshot shows, as it was; or `null`.
 * @throws {@link SessionConfigError} `CONFIG_SECRET_MISSING`, `CONFIG_SECRET_WEAK`: the secrets are none.
 * @example
 * const snapshot = await readSnapshot(request, { secrets: [process.env.SESSION_SECRET] })
 * if (snapshot) return NextResponse.next()
 */
export async function readSnapshot<View = unknown>(
  { headers }: WithHeaders,
  { secrets, cookieName = "__Host-session", runtime = systemClock }: ReadSnapshotOptions,
): Promise<Snapshot<View> | null> {
  checkSecrets(secrets);
  if (/^[ \t]*bearer\b/i.test(headers.get("authorization") ?? "")) return null;
  const cookies = headers.get("cookie");
  const token = onlyOne(cookieValues(cookies, cookieName));
  const text = onlyOne(cookieValues(cookies, snapshotName(cookieName)));
  const parts = token === null ? null : parseToken("session", token);
  if (token === null || text === null || !parts) return null;
  const verified = verifySnapshot(secrets, token, text);
  const content = isPromise(verified) ? await verified : verified;
  if (!content || content.sessionId !== parts.id || runtime.now() >= content.until) return null;
  const { sessionId, view, readAt, until } = content;
  return { sessionId, view: view as View, readAt, until };
}

// Where somebody has planted a second cookie, only the store can tell them apart.
function onlyOne(values: readonly string[]): string | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

const leastCharacters = 32;

function checkSecrets(secrets: readonly unknown[] | undefined): void {
  if (!Array.isArray(secrets) || secrets.length === 0)
    throw new SessionConfigError("CONFIG_SECRET_MISSING", "readSnapshot needs secrets, and there are none.", {
      hint: "Pass secrets: [process.env.SESSION_SECRET], the same as to createSessions.",
    });
  if (secrets.some((secret) => typeof secret !== "string" || secret.length < leastCharacters))
    throw new SessionConfigError("CONFIG_SECRET_WEAK", "A secret of readSnapshot has fewer than 32 characters.", {
      hint: 'Pass those of createSessions; make one with "openssl rand -base64 32".',
    });
}
