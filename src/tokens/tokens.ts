import type { Problem } from "../cookie/rules.ts";
import type { TokenContext, TokenIssuer } from "../core/token-issuer.ts";
import type { ServedTokens } from "../http/token-actions.ts";
import { tokenActions } from "./actions.ts";
import { openDesk } from "./desk.ts";
import { endGrant, listGrants } from "./grants.ts";
import { issueTokens } from "./issuing.ts";
import { isSessionLive } from "./liveness.ts";
import { describeServer } from "./metadata.ts";
import { resolveTokens, secretProblems, type TokensOptions } from "./options.ts";

/**
 * Lets sessions issue access tokens (JWT, RFC 9068) and refresh tokens, for the option `tokens`. Adds the actions `token`, `introspect`,
 * `revoke-token`, `jwks.json` and `.well-known/oauth-authorization-server` below `basePath`. Needs `secrets`. Whatever is wrong with the options is part of the one
 * error that `createSessions` throws.
 *
 * @example
 * const sessions = createSessions({
 *   store: postgresStore(pool),
 *   secrets: [process.env.SESSION_SECRET],
 *   tokens: tokens({
 *     issuer: "https://shop.example",
 *     audiences: ["https://api.shop.example"],
 *     clients: { mobile: { public: true } },
 *     keys: process.env.TOKEN_KEY,
 *   }),
 * })
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700 RFC 9700: best current practice for OAuth 2.0 security}
 */
export function tokens(options: TokensOptions): TokenIssuer {
  const problems: Problem[] = [];
  const policy = resolveTokens(options, problems);
  return {
    problems: (secrets) => [...problems, ...secretProblems(policy, secrets)],
    open(context: TokenContext): ServedTokens {
      const desk = openDesk(policy, context);
      return {
        actions: tokenActions(desk),
        issue: (record, userId, wanted) => issueTokens(desk, record, userId, wanted),
        raiseEpoch: (userId) => desk.epochs.raise(userId),
        isLive: (sid, claims) => isSessionLive(desk, sid, claims),
        epochOf: (userId) => desk.epochs.of(userId),
        list: (userId) => listGrants(desk, userId),
        revoke: async (id) => (await endGrant(desk, id, { by: "manager" })) === "ended",
        end: async (id, end) => (await endGrant(desk, id, end)) === "ended",
        jwks: async () => ({ keys: await desk.keyring.published() }),
        metadata: () => describeServer(desk),
        rotateKeys: ({ revoke = false } = {}) => desk.keyring.rotate(revoke),
      };
    },
  };
}
