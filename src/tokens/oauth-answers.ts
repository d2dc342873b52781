import type { IssuedTokens } from "../core/token-issuer.ts";

/** The errors of RFC 6749 section 5.2, RFC 7009 section 2.2.1, RFC 8707 section 2 and RFC 9449 section 5 that we answer. */
export type OAuthError =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "invalid_target"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_token_type"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

const headers = { "cache-control": "no-store", pragma: "no-cache" };

/** The body of an error. It says nothing of what was sent, nor which of several reasons it was. */
export function oauthError(error: OAuthError, more: Readonly<Record<string, string>> = {}): Response {
  const status = error === "invalid_client" ? 401 : 400;
  return Response.json({ error }, { status, headers: { ...headers, ...more } });
}

/** An answer of these endpoints. */
export function oauthAnswer(body: object): Response {
  return Response.json(body, { headers });
}

/** The field of scopes, of which RFC 6749 section 3.3 knows no empty one. */
export function scopeField(scope: readonly string[]): { readonly scope?: string } {
  return scope.length > 0 ? { scope: scope.join(" ") } : {};
}

/**
 * Answers tokens in the words of RFC 6749 section 5.1: for an action of the application that hands them to a client.
 *
 * @example
 * handler: async ({ session }) => tokenResponse(await session.issueTokens({ client: "mobile" }))
 */
export function tokenResponse(tokens: IssuedTokens): Response {
  const { accessToken, tokenType, expiresIn, scope, refreshToken } = tokens;
  return oauthAnswer({
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresIn,
    ...(refreshToken !== null && { refresh_token: refreshToken }),
    ...scopeField(scope),
  });
}
