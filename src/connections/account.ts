import { decodeJwt } from "jose";
import * as oauth from "oauth4webapi";
import type { Account, Provider } from "./provider.ts";

/** What every request of the library is given. */
export interface LibraryOptions {
  readonly [oauth.customFetch]: never; // ours fits each of its many forms
  readonly [oauth.allowInsecureRequests]: boolean;
  readonly [oauth.jwksCache]: Record<string, never>;
}

/** What it takes to know whose tokens came back. */
export interface Identification {
  readonly provider: Provider;
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly response: Response;
  /** What the ID token must repeat; `null` where there is none to come. */
  readonly nonce: string | null;
  readonly options: LibraryOptions;
}

/** An answer of the token endpoint that was checked, and whose account it is. */
export interface Identified {
  readonly account: Account;
  readonly tokens: oauth.TokenEndpointResponse;
}

/**
 * Checks an answer to a code, and finds the account that it belongs to: by the ID token, its signature included, or by asking the
 * provider with the access token.
 */
export async function identify(given: Identification): Promise<Identified> {
  return given.nonce === null ? byProfile(given) : byIdToken(given, given.nonce);
}

async function byIdToken(given: Identification, nonce: string): Promise<Identified> {
  const { provider, client, response, options } = given;
  const server = await serverOf(given);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, response, options);
  const claims = oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken;
  const more = provider.userInfo ? await userInfo(given, tokens.access_token, claims.sub) : {};
  return { account: { subject: claims.sub, claims: { ...more, ...claims } }, tokens };
}

async function userInfo({ server, client, options }: Identification, accessToken: string, subject: string) {
  const response = await oauth.userInfoRequest(server, client, accessToken, options);
  return oauth.processUserInfoResponse(server, client, subject, response);
}

async function byProfile({ provider, server, client, response, options }: Identification): Promise<Identified> {
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
  const { profile } = provider;
  if (!profile) throw new Error("the provider has neither an ID token nor a profile");
  const headers = new Headers({ accept: "application/json", "user-agent": "coatcheck" });
  const url = new URL(profile.url);
  const shown = await oauth.protectedResourceRequest(tokens.access_token, "GET", url, headers, null, options);
  if (shown.status !== 200) throw new Error(`the profile was answered with the status ${shown.status}`);
  const claims = (await shown.json()) as Readonly<Record<string, unknown>>;
  const subject = profile.subject(claims);
  if (subject === undefined) throw new Error("the profile has no id");
  return { account: { subject, claims }, tokens };
}

// Where each tenant is an issuer of its own, the token says which; its signature is checked afterwards, with the keys of the
// endpoint that we asked.
async function serverOf({ provider, server, response }: Identification): Promise<oauth.AuthorizationServer> {
  if (!provider.issuerOf) return server;
  const { id_token: token } = (await response.clone().json()) as { readonly id_token?: unknown };
  const issuer = typeof token === "string" ? provider.issuerOf(decodeJwt(token)) : null;
  if (issuer === null) throw new Error("the ID token is of no tenant that is accepted");
  return { ...server, issuer };
}
