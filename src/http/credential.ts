import type { SessionCookie } from "../cookie/rules.ts";
import type { Policy } from "../core/policy.ts";
import type { ReadingVisit } from "../core/reading-visit.ts";
import { parseToken } from "../token/token.ts";

/** What a request is judged by: its cookie, or its `Authorization` header and nothing else. */
export type Credential =
  | { readonly kind: "cookie" }
  /** A session token in the header; `null`: none so far, and the one to come is asked for in a header. */
  | { readonly kind: "bearer"; readonly token: string | null }
  /** Something that others judge: an API key, a signed access token. It stands for no session. */
  | { readonly kind: "other" }
  /** Nothing that could be a credential: doubled, cut off, too long, of another alphabet. */
  | { readonly kind: "malformed" };

/** The response header that hands a session token to whoever came with one: the new one, or {@link noToken}. */
export const tokenHeader = "coatcheck-token";

/** What it says once the session is over. A word, since some that pass a response on drop an empty header. */
export const noToken = "none";

/** What the header says for a cookie. */
export function tokenFor({ value }: SessionCookie): string {
  return value === "" ? noToken : value;
}

/** The request header by which a client that has no token yet asks for it in {@link tokenHeader}: `Coatcheck-Transport: bearer`. */
const transportHeader = "coatcheck-transport";

/** Headers of a request, by lower-case name. */
export interface Headed {
  header(name: string): string | null;
}

/** No credential of ours is longer, and a longer one is not looked at. */
const longest = 4_096;

// The scheme ends where a character follows that no name of a scheme has.
const scheme = /^[ \t]*bearer(?![\w!#$%&'*+.^`|~-])/i;
const credentials = /^[ \t]*bearer ([\w.~+/-]+=*)[ \t]*$/i;

const cookie: Credential = { kind: "cookie" };
const malformed: Credential = { kind: "malformed" };

/**
 * Tells what a request is judged by. One transport wins, whatever it is worth: where the configuration has `bearer`, a request
 * with an `Authorization: Bearer` header is judged by that alone, and its cookies are not looked at. So a forged header gains
 * nothing from the cookie beside it, and what no other site can send needs no check for cross-site requests. Everything that
 * reads a token and everything that checks where a request comes from asks here, and so they cannot disagree.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 RFC 6750 section 2.1: the Authorization header}
 */
export function credentialOf(policy: Pick<Policy, "bearer" | "apiKeys">, request: Headed): Credential {
  if (!policy.bearer) return cookie;
  const authorization = request.header("authorization");
  if (authorization !== null && scheme.test(authorization)) return bearerOf(policy, authorization);
  return request.header(transportHeader)?.trim().toLowerCase() === "bearer" ? { kind: "bearer", token: null } : cookie;
}

function bearerOf({ apiKeys }: Pick<Policy, "apiKeys">, authorization: string): Credential {
  const token = authorization.length > longest ? undefined : credentials.exec(authorization)?.[1];
  if (token === undefined) return malformed;
  if (parseToken("session", token)) return { kind: "bearer", token };
  const isOther = (apiKeys !== null && parseToken("apiKey", token) !== null) || isSigned(token);
  return isOther ? { kind: "other" } : malformed;
}

/** Whether a credential has the three parts of a signed token (RFC 7515 section 3.1). */
function isSigned(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

/** Whether a request is judged by its `Authorization` header: its cookies count for nothing then. */
export function isBearer(policy: Pick<Policy, "bearer" | "apiKeys">, request: Headed): boolean {
  return credentialOf(policy, request).kind !== "cookie";
}

/**
 * Whether a request brings a credential in its header that opens no session: it is answered 401 then, and not taken for a visitor
 * without one. Loads the visit.
 *
 * @param refused `"other"` where a credential of another kind has no business either.
 */
export async function isRefused(
  policy: Pick<Policy, "bearer" | "apiKeys">,
  request: Headed,
  visit: Pick<ReadingVisit, "load" | "record">,
  refused?: "other",
): Promise<boolean> {
  const credential = credentialOf(policy, request);
  if (credential.kind === "malformed" || credential.kind === refused) return true;
  if (credential.kind !== "bearer" || credential.token === null) return false;
  await visit.load();
  return visit.record === null;
}
