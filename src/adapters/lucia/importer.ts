import { cookieValues } from "../../cookie/parse.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import { checkedCookie, serializeCookie } from "../../cookie/write.ts";
import { type Duration, toMilliseconds } from "../../duration.ts";
import { replaceCookie } from "../next/cookie-header.ts";
import { createDesk } from "./import-desk.ts";
import { createImportKeys } from "./import-keys.ts";
import { type Moved, moveSession } from "./import-session.ts";
import { invalid } from "./options.ts";
import { isToken } from "./session-cookie.ts";
import type { LuciaTable } from "./table.ts";
import type { AnySessions } from "./token-visit.ts";

/** The options of {@link luciaImporter}. */
export interface LuciaImporterOptions {
  /** Lucia's table. */
  readonly table: LuciaTable;
  /**
   * What the secrets of moved sessions are derived from, at least 32 bytes each, the same in every process. The first is used
   * for new ones; keep the others until the last import with them is over.
   */
  readonly secrets: readonly string[];
  /** Lucia's cookie, with the attributes it was set with: a browser takes away no other (default: Lucia's own). */
  readonly cookie?: {
    /** Default `"auth_session"`. */
    readonly name?: string;
    readonly path?: string;
    readonly domain?: string;
    readonly secure?: boolean;
    readonly sameSite?: "lax" | "strict" | "none";
  };
  /**
   * For how long after its import an old id is answered with the session that took its place (default `"1m"`): for requests
   * that were on their way, and for a visitor whom the response with the new cookie has not reached. It brings nothing back
   * that was ended since. With `0` the id is dead for every request that begins after the import.
   */
  readonly grace?: Duration;
}

/** A session that was moved: what to send to the browser. */
export interface ImportedSession {
  /** The public id. */
  readonly id: string;
  readonly userId: string;
  /** The token: for a cookie, or for the client that had Lucia's id as its bearer token. */
  readonly token: string;
  /** When the session ends whatever happens, in epoch milliseconds: when Lucia's would have. */
  readonly expiresAt: number;
}

/** A session that was moved for a request with Lucia's cookie. */
export interface ImportedRequest extends ImportedSession {
  /** The `Set-Cookie` lines of the response: our cookie, and the one that takes Lucia's away. */
  readonly setCookies: readonly string[];
  /** The `Cookie` header for whatever answers the request: with our cookie in the place of Lucia's. */
  readonly cookieHeader: string;
}

/** Moves sessions from Lucia, each at its first use. */
export interface LuciaImporter {
  /**
   * Moves the session of a request that has Lucia's cookie and none of ours; `null` for every other request, and where the
   * old session is unknown, expired or ended. Without Lucia's cookie nothing is asked. Of several such cookies exactly one must
   * have a session. Call it where cookies can be set: the proxy, a route handler, a Server Action, a Node server.
   *
   * **Concurrent** requests with one cookie, on any number of machines, are given the same session and the same token.
   *
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: answer with a 503; both cookies stay, and the next request goes on.
   */
  importRequest(cookieHeader: string | null | undefined): Promise<ImportedRequest | null>;
  /** The same for an id that came by another way, such as a bearer token. */
  importSession(luciaId: string): Promise<ImportedSession | null>;
  /** Ends every session of a user, those that are still Lucia's too; answers how many of ours there were. */
  revokeUser(userId: string, options?: { readonly except?: string }): Promise<number>;
}

/** Two of one name can be tossed in by a sibling domain; more than this many are not even looked at. */
const mostCandidates = 4;

/**
 * Makes an importer: visitors who are signed in by Lucia 3 stay signed in, and no old id stays usable.
 *
 * The first request with Lucia's cookie moves the session: a session of ours begins for its user and ends when Lucia's would
 * have, the old row is deleted, our cookie is set and Lucia's cleared. A process that dies between two steps loses nobody: the
 * next request finishes the work. The moved session counts as authenticated long ago, so what asks for a recent
 * authentication asks again.
 *
 * @throws {@link SessionConfigError} `CONFIG_SECRET_MISSING`, `CONFIG_SECRET_WEAK`, `CONFIG_INVALID`
 * @example
 * const importer = luciaImporter(sessions, {
 *   table: luciaPostgresTable(pool),
 *   secrets: [process.env.SESSION_SECRET],
 * })
 * const imported = await importer.importRequest(request.headers.get("cookie"))
 */
export function luciaImporter(sessions: AnySessions, options: LuciaImporterOptions): LuciaImporter {
  const { policy } = sessions;
  const { table } = options;
  const keys = createImportKeys(options.secrets);
  const desk = createDesk(policy, sessions.emit, checkedTable(table));
  const graceMs = toMilliseconds(options.grace ?? "1m", "grace");
  const clearing = clearingCookie(sessions, options.cookie ?? {});

  async function move(luciaId: string): Promise<(ImportedSession & Moved) | null> {
    if (!isLuciaId(luciaId)) return null;
    const moved = await moveSession(desk, keys, luciaId, graceMs);
    if (moved === null) return null;
    const { id, userId, expiresAt } = moved.record;
    return { ...moved, id, userId: userId as string, expiresAt };
  }

  async function theOnlyOne(candidates: readonly string[]): Promise<string | null> {
    if (candidates.length <= 1) return candidates[0] ?? null;
    if (candidates.length > mostCandidates) return null;
    const rows = await Promise.all(candidates.map((luciaId) => desk.findRow(luciaId)));
    const known = candidates.filter((_, index) => (rows[index]?.expiresAt ?? 0) > policy.runtime.now());
    return known.length === 1 ? (known[0] as string) : null;
  }

  return {
    async importSession(luciaId) {
      const moved = await move(luciaId);
      return moved && { id: moved.id, userId: moved.userId, token: moved.token, expiresAt: moved.expiresAt };
    },
    async importRequest(cookieHeader) {
      const { name } = policy.cookie;
      if (cookieValues(cookieHeader, name).some(isToken)) return null;
      const candidates = new Set(cookieValues(cookieHeader, clearing.name).filter(isLuciaId));
      const luciaId = await theOnlyOne([...candidates]);
      const moved = luciaId === null ? null : await move(luciaId);
      if (moved === null) return null;
      const { id, userId, token, expiresAt } = moved;
      const cookies = [sessions.createSessionCookie(token, { expiresAt }), clearing];
      const setCookies = cookies.filter((cookie, at) => at === 0 || cookie.name !== name).map(serializeCookie);
      const without = replaceCookie(cookieHeader ?? null, clearing.name, null);
      return { id, userId, token, expiresAt, setCookies, cookieHeader: replaceCookie(without, name, token) as string };
    },
    async revokeUser(userId, revokeOptions = {}) {
      await desk.deleteRowsOf(userId); // first: see moveSession
      return sessions.revokeUser(userId, revokeOptions);
    },
  };
}

// Lucia makes 40 letters and digits, and applications may make their own: what a cookie can hold, and no token of ours.
function isLuciaId(text: string): boolean {
  return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255}$/.test(text) && !isToken(text);
}

function clearingCookie({ policy }: AnySessions, given: NonNullable<LuciaImporterOptions["cookie"]>): SessionCookie {
  const {
    name = "auth_session",
    path = "/",
    domain,
    sameSite = "lax",
    secure = policy.cookie.attributes.secure,
  } = given;
  const attributes = { httpOnly: true, secure, sameSite, path, ...(domain !== undefined && { domain }), maxAge: 0 };
  const own = policy.cookie;
  if (name === own.name && (path !== own.attributes.path || domain !== own.attributes.domain)) {
    throw invalid(
      `Lucia's cookie and ours are both named "${name}", with another path or domain.`,
      "The browser would keep both: give the sessions another cookie name.",
    );
  }
  return checkedCookie({ name, value: "", attributes });
}

function checkedTable(table: LuciaTable | undefined): LuciaTable {
  const missing = (["find", "delete", "deleteUser"] as const).filter((name) => typeof table?.[name] !== "function");
  if (missing.length === 0) return table as LuciaTable;
  throw invalid(`The Lucia table has no ${missing.join(", ")}.`, "Pass one such as luciaPostgresTable(pool).");
}
