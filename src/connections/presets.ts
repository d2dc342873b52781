import type { ClientAuthentication, ClientSecret, Provider, ProviderOptions } from "./provider.ts";

/** What {@link oidc} takes. */
export interface OidcOptions extends Omit<ProviderOptions, "clientSecret"> {
  /** The issuer: `{issuer}/.well-known/openid-configuration` is read, and must name it exactly. https, or http on this machine. */
  readonly issuer: string;
  /** Leave it out for a public client: then PKCE alone binds the code. */
  readonly clientSecret?: ClientSecret;
  /** How the client authenticates (default: basic where the provider lets it, otherwise in the body). */
  readonly clientAuth?: ClientAuthentication;
  /** Whether the user-info endpoint is asked for more claims at sign-in and linking (default `false`). */
  readonly userInfo?: boolean;
}

/**
 * Any provider of OpenID Connect, by discovery.
 *
 * @see {@link https://openid.net/specs/openid-connect-discovery-1_0.html OpenID Connect Discovery 1.0}
 */
export function oidc({ clientSecret, scope = ["openid"], ...options }: OidcOptions): Provider {
  return { clientSecret, scope, ...options };
}

/** Google. Asks for offline access, so that there is a refresh token. */
export function google({ scope = ["openid", "email", "profile"], parameters, ...options }: ProviderOptions): Provider {
  return oidc({
    ...options,
    issuer: "https://accounts.google.com",
    scope,
    // Without "consent" a refresh token comes with the first consent only.
    parameters: { access_type: "offline", prompt: "consent", ...parameters },
  });
}

/** GitLab, or a server of your own by its `issuer`. */
export function gitlab({
  issuer = "https://gitlab.com",
  scope = ["openid", "email", "profile"],
  ...options
}: ProviderOptions & { readonly issuer?: string }): Provider {
  return oidc({ ...options, issuer, scope, userInfo: true });
}

/** What {@link microsoft} takes. */
export interface MicrosoftOptions extends ProviderOptions {
  /** The id of a directory, or `"common"`, `"organizations"`, `"consumers"` (default `"common"`). */
  readonly tenant?: string;
}

const directoryId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Microsoft Entra ID. With `"common"` anybody's directory is accepted: ask the claim `tid` in `onSignIn` which one it is. */
export function microsoft({
  tenant = "common",
  scope = ["openid", "email", "profile", "offline_access"],
  ...options
}: MicrosoftOptions): Provider {
  const base = `https://login.microsoftonline.com/${encodeURIComponent(tenant)}`;
  const isOne = directoryId.test(tenant);
  return {
    ...options,
    scope,
    issuer: `${base}/v2.0`,
    metadata: {
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    },
    clientAuth: "post",
    // The issuer names the directory of the account, whichever endpoint was asked.
    issuerOf({ tid }) {
      if (typeof tid !== "string" || !directoryId.test(tid)) return null;
      if (isOne && tid.toLowerCase() !== tenant.toLowerCase()) return null;
      return `https://login.microsoftonline.com/${tid}/v2.0`;
    },
  };
}

/** GitHub: OAuth 2.0 without OpenID. An app of GitHub's with expiring tokens is refreshed; other tokens never expire. */
export function github({ scope = ["read:user", "user:email"], ...options }: ProviderOptions): Provider {
  return {
    ...options,
    scope,
    issuer: "https://github.com/login/oauth",
    metadata: {
      authorization_endpoint: "https://github.com/login/oauth/authorize",
      token_endpoint: "https://github.com/login/oauth/access_token",
    },
    clientAuth: "post",
    profile: {
      url: "https://api.github.com/user",
      subject: ({ id }) => (Number.isSafeInteger(id) ? `${id}` : undefined),
    },
    async revoke({ accessToken, clientId, clientSecret, fetch }) {
      const response = await fetch(`https://api.github.com/applications/${encodeURIComponent(clientId)}/grant`, {
        method: "DELETE",
        headers: {
          authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
          accept: "application/vnd.github+json",
          "content-type": "application/json",
        },
        body: JSON.stringify({ access_token: await accessToken() }),
      });
      // A token that has not expired, and that GitHub does not know: its grant was taken back already.
      if (!response.ok && response.status !== 404 && response.status !== 422)
        throw new Error(`the revocation was answered with the status ${response.status}`);
    },
  };
}

/** Discord: OAuth 2.0, the account by its profile. */
export function discord({ scope = ["identify", "email"], ...options }: ProviderOptions): Provider {
  return {
    ...options,
    scope,
    issuer: "https://discord.com",
    metadata: {
      authorization_endpoint: "https://discord.com/oauth2/authorize",
      token_endpoint: "https://discord.com/api/oauth2/token",
      revocation_endpoint: "https://discord.com/api/oauth2/token/revoke",
    },
    profile: {
      url: "https://discord.com/api/users/@me",
      subject: ({ id }) => (typeof id === "string" && id !== "" ? id : undefined),
    },
  };
}
