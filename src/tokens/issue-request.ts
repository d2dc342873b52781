import { isScopes } from "../core/api-key-policy.ts";
import type { IssueTokensOptions } from "../core/token-issuer.ts";
import { SessionDataError } from "../errors.ts";
import type { ClientPolicy } from "./clients.ts";
import type { TokensPolicy } from "./options.ts";

/** The checked request for tokens. */
export interface IssueRequest {
  readonly client: ClientPolicy;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  readonly refresh: boolean;
  readonly thumbprint: string | null;
}

/** Checks what is asked for. It may come from a request, so nothing of it is taken for granted, and nothing of it is quoted. */
export function checkIssueRequest(policy: TokensPolicy, options: IssueTokensOptions): IssueRequest {
  type Given = { readonly [Key in keyof IssueTokensOptions]?: unknown };
  const { client: id, audience, scope = [], refresh = true, thumbprint = null } = (options ?? {}) as Given;
  const client = typeof id === "string" ? policy.clients.get(id) : undefined;
  if (!client) throw unfit("client", "Pass a name of tokens.clients of the configuration.");
  const wanted = audience === undefined ? client.audiences.slice(0, 1) : listOf(audience);
  if (wanted.length === 0 || !wanted.every((one) => client.audiences.includes(one as string)))
    throw unfit("audience", "Pass only audiences of tokens.audiences that the client may have.");
  if (!isScopes(scope) || !scope.every((one) => client.scopes?.includes(one) ?? true))
    throw unfit("scope", 'Pass a list such as ["orders:read"], of scopes that the client may have.');
  if (thumbprint !== null && !isThumbprint(thumbprint))
    throw unfit("thumbprint", "Pass what verifyDpopProof of coatcheck/verify gives: proof.jkt.");
  const lists = { audience: [...new Set(wanted as string[])], scope: [...new Set(scope)] };
  return { client, ...lists, refresh: refresh !== false, thumbprint };
}

function isThumbprint(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{43}$/.test(value);
}

function listOf(audience: unknown): readonly unknown[] {
  return Array.isArray(audience) ? audience : [audience];
}

function unfit(what: string, hint: string): SessionDataError {
  return new SessionDataError("DATA_INVALID", `The ${what} of the tokens to issue is not what it may be.`, { hint });
}
