import { storedKeys, tokens } from "coatcheck/tokens";
import { isAuthjsDemo, secrets } from "./settings";

/** What an access token may be for. */
export const scopes = ["learning:read", "learning:write"] as const;

/** The API that access tokens are for. */
export function apiOf(origin: string): string {
  return `${origin}/api/learning`;
}

/**
 * `session.issueTokens`: what the command line acts with. Its session has no other purpose, so it ends with the tokens. The keys that
 * sign are kept beside the sessions, sealed, and rotate by themselves. Where Auth.js signs in there are none: its sign-ins cannot be
 * ended from here.
 */
export function tokensOf(origin: string) {
  if (isAuthjsDemo) return {};
  return {
    secrets,
    tokens: tokens({
      issuer: origin,
      audiences: [apiOf(origin)],
      scopes,
      clients: { "command-line": { public: true, ownsSession: true } },
      keys: storedKeys(),
    }),
  };
}
