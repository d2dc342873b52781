import { equalInConstantTime } from "../bytes.ts";
import type { Policy } from "../core/policy.ts";
import { digestOf } from "../token/digest.ts";
import { statusResponse } from "./responses.ts";

/** No credential of ours is longer, and a longer one is not looked at. */
const longest = 4_096;

/**
 * The credential of an `Authorization: Bearer` header, or `null` where there is none. The scheme is read in any case, and one
 * space ends it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 RFC 6750: the Authorization header}
 */
export function bearerOf(authorization: string | null | undefined): string | null {
  if (typeof authorization !== "string" || authorization.length > longest) return null;
  return /^Bearer (\S.*)$/i.exec(authorization)?.[1] ?? null;
}

/**
 * Whether a header presents one of the secrets. Without secrets nobody does. They are compared by their digests, which have one
 * length whatever was sent, in constant time, and all of them, whichever it is.
 */
export async function presentsSecret(
  authorization: string | null | undefined,
  secrets: readonly string[],
): Promise<boolean> {
  const presented = await digestOf(bearerOf(authorization) ?? "");
  let isOne = false;
  for (const secret of secrets) {
    const isThis = equalInConstantTime(presented, await digestOf(secret));
    isOne = isOne || isThis;
  }
  return isOne;
}

/** What the answer to a credential says that opens nothing: malformed, unknown, expired, revoked. It does not say which. */
export const invalidToken: Readonly<Record<string, string>> = { "www-authenticate": 'Bearer error="invalid_token"' };

/** Says with a 401 how to sign in, where tokens may come in the header. */
export function challenged({ bearer }: Pick<Policy, "bearer">, response: Response): Response {
  if (!bearer || response.status !== 401 || response.headers.has("www-authenticate")) return response;
  const answer = new Response(response.body, response); // the headers of a fetched one cannot be changed
  answer.headers.set("www-authenticate", "Bearer");
  return answer;
}

/** The answer to a credential that opens nothing. */
export function invalidTokenResponse(): Response {
  return statusResponse(401, invalidToken);
}

/** The answer to whoever presents nothing that is worth anything. */
export function unauthorized(): Response {
  return statusResponse(401, { "www-authenticate": "Bearer" });
}

/** The answer to whoever presents a key that is not made for this. */
export function insufficientScope(): Response {
  return statusResponse(403, { "www-authenticate": 'Bearer error="insufficient_scope"' });
}
