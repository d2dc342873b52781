import * as oauth from "oauth4webapi";
import { type Runtime, systemClock } from "../runtime.ts";
import { withinLimit } from "../time-limit.ts";
import { identify, type LibraryOptions } from "./account.ts";
import type { Fetch } from "./bounded-fetch.ts";
import { createDiscovery } from "./discovery.ts";
import type { Account, Provider } from "./provider.ts";

/** What a token endpoint granted, in our words. */
export interface Granted {
  readonly accessToken: string;
  /** How long it is good for, in milliseconds from now; `null` where the provider does not say. */
  readonly lasts: number | null;
  readonly refreshToken: string | null;
  readonly scope: string | null;
}

/** The tokens of a grant, as far as they are there and have not expired. */
export interface HeldTokens {
  readonly refreshToken: string | null;
  readonly accessToken: string | null;
}

/** What an access token is for: a resource (RFC 8707), a part of the scope that was granted. */
export interface Audience {
  readonly resource?: string;
  readonly scope?: string;
}

/** What one authorization request is bound to. */
export interface Binding {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** The code verifier of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Speaks with one provider. What fails is thrown as the library that speaks throws it. */
export interface ProviderClient {
  /** Where the browser has to go. */
  authorizationUrl(binding: Binding): Promise<string>;
  /** Exchanges what the browser brought back. An `iss` must name this provider, and be there where it promises one (RFC 9207). */
  redeem(parameters: URLSearchParams, binding: Binding): Promise<{ account: Account; granted: Granted }>;
  /** Finds out all that a refresh takes. What it answers makes one request, and waits for nothing else. */
  prepareRefresh(): Promise<(refreshToken: string, audience: Audience) => Promise<Granted>>;
  /** Takes a grant back at the provider (RFC 7009); `false` where it offers no way, or there is nothing to take back. */
  revoke(held: HeldTokens): Promise<boolean>;
}

/** What a client works with. */
export interface ProviderClientContext {
  readonly runtime: Runtime;
  readonly fetch: Fetch;
  /** How long a client secret may take to be made, in milliseconds. */
  readonly timeLimit: number;
  /** By how much the clock of a provider may differ, in milliseconds. */
  readonly clockTolerance: number;
}

/** Makes the client of one provider. It asks nothing before it is needed. */
export function createProviderClient(provider: Provider, context: ProviderClientContext): ProviderClient {
  const { runtime, fetch, timeLimit, clockTolerance } = context;
  const { clientId, scope, responseMode } = provider;
  const options: LibraryOptions = {
    [oauth.customFetch]: fetch as never,
    [oauth.allowInsecureRequests]: provider.issuer.startsWith("http:"), // options.ts has seen that it is this machine
    [oauth.jwksCache]: {},
  };
  const discover = createDiscovery(provider, runtime, options);
  const isOpenid = scope.includes("openid");

  // The library reads the clock of the machine; ours may be another one.
  const client = (): oauth.Client => ({
    client_id: clientId,
    [oauth.clockSkew]: Math.round((runtime.now() - systemClock.now()) / 1_000),
    [oauth.clockTolerance]: Math.round(clockTolerance / 1_000),
  });

  async function secretNow(): Promise<string | undefined> {
    const { clientSecret } = provider;
    if (typeof clientSecret !== "function") return clientSecret;
    return withinLimit(Promise.resolve(clientSecret(runtime.now())), timeLimit, runtime);
  }

  async function authenticated() {
    const server = await discover();
    return [server, client(), authenticationOf(provider, server, await secretNow())] as const;
  }

  async function prepareRefresh() {
    const [server, self, authentication] = await authenticated();
    return async (refreshToken: string, { resource, scope: part }: Audience) => {
      const additionalParameters = { ...(resource && { resource }), ...(part && { scope: part }) };
      const more = { ...options, additionalParameters };
      const response = await oauth.refreshTokenGrantRequest(server, self, authentication, refreshToken, more);
      return grantedIn(await oauth.processRefreshTokenResponse(server, self, await withoutIdToken(response)));
    };
  }

  return {
    async authorizationUrl({ redirectUri, state, nonce, verifier }) {
      const url = new URL((await discover()).authorization_endpoint ?? "");
      oauth.checkProtocol(url, !options[oauth.allowInsecureRequests]); // browsers also open "javascript:"
      const parameters = {
        ...provider.parameters,
        ...{ client_id: clientId, response_type: "code", redirect_uri: redirectUri, scope: scope.join(" "), state },
        ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" },
        ...(isOpenid && { nonce }),
        ...(responseMode && { response_mode: responseMode }),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    async redeem(parameters, { redirectUri, state, nonce, verifier }) {
      const [server, self, authentication] = await authenticated();
      const answer = oauth.validateAuthResponse(server, self, parameters, state);
      const request = [server, self, authentication, answer, redirectUri, verifier, options] as const;
      const response = await oauth.authorizationCodeGrantRequest(...request);
      const given = { provider, server, client: self, response, options, nonce: isOpenid ? nonce : null };
      const { account, tokens } = await identify(given);
      return { account, granted: grantedIn(tokens) };
    },

    prepareRefresh,

    async revoke({ refreshToken, accessToken }) {
      const token = refreshToken ?? accessToken;
      if (token === null) return false;
      if (provider.revoke) {
        const clientSecret = (await secretNow()) ?? "";
        const good = async () => accessToken ?? (await (await prepareRefresh())(token, {})).accessToken;
        await provider.revoke({ clientId, clientSecret, refreshToken, accessToken: good, fetch });
        return true;
      }
      const [server, self, authentication] = await authenticated();
      if (!server.revocation_endpoint) return false;
      const hint = refreshToken === null ? "access_token" : "refresh_token";
      const more = { ...options, additionalParameters: { token_type_hint: hint } };
      await oauth.processRevocationResponse(await oauth.revocationRequest(server, self, authentication, token, more));
      return true;
    },
  };
}

/** Tells whether a code or a refresh token is worth nothing any more (RFC 6749 section 5.2); GitHub has a word of its own. */
export function isInvalidGrant(error: unknown): boolean {
  if (!(error instanceof oauth.ResponseBodyError)) return false;
  return error.error === "invalid_grant" || error.error === "bad_refresh_token";
}

/** With which code a provider sent the browser back, such as `"access_denied"` (RFC 6749 section 4.1.2.1); `null`: with none. */
export function refusalIn(error: unknown): string | null {
  return error instanceof oauth.AuthorizationResponseError ? error.error : null;
}

function authenticationOf(provider: Provider, server: oauth.AuthorizationServer, secret: string | undefined) {
  if (secret === undefined || provider.clientAuth === "none") return oauth.None();
  const offered = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const way = provider.clientAuth ?? (offered.includes("client_secret_basic") ? "basic" : "post");
  return way === "basic" ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
}

function grantedIn(tokens: oauth.TokenEndpointResponse): Granted {
  const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken, scope } = tokens;
  const lasts = seconds === undefined ? null : seconds * 1_000;
  return { accessToken, lasts, refreshToken: refreshToken || null, scope: scope ?? null };
}

// Whose tokens they are was settled when the account was linked. What an ID token says at a refresh is of no use here.
async function withoutIdToken(response: Response): Promise<Response> {
  if (response.status !== 200) return response;
  const { id_token, ...body } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as Record<string, unknown>;
  return id_token === undefined ? response : Response.json(body, { headers: response.headers });
}
