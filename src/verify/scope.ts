import { SessionConfigError } from "../errors.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

interface Scoped {
  readonly scope?: unknown;
  readonly cnf?: { readonly jkt?: unknown };
}

/** The scopes of a token, each by itself. None where it says nothing. */
export function scopesOf({ scope }: Scoped): readonly string[] {
  return typeof scope === "string" ? scope.split(" ").filter(Boolean) : [];
}

/**
 * Asks a token for scopes: `null` where it has them all, and else the refusal to answer with, a 403 that names what is needed.
 *
 * @param claims Those of a token that was verified.
 * @param scopes All of them are needed. They are compared exactly: no scope contains another.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: one is not spelled as scopes are, or there is none.
 *
 * @example
 * const lacking = requireScope(claims, "orders:read");
 * if (lacking) return lacking.response();
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750: insufficient_scope}
 */
export function requireScope(claims: Scoped, ...scopes: readonly string[]): Refusal | null {
  if (scopes.length === 0 || !scopes.every(isScope)) throw notScopes();
  const granted = scopesOf(claims);
  if (scopes.every((scope) => granted.includes(scope))) return null;
  return refusalOf("scope", { scope: scopes, isBound: typeof claims.cnf?.jkt === "string" });
}

/** RFC 6749 section 3.3. */
function isScope(scope: unknown): boolean {
  return typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
}

function notScopes(): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", "requireScope was not given a scope.", {
    hint: 'Name at least one, without spaces and quotes, such as requireScope(claims, "orders:read").',
  });
}
