import { importPKCS8, SignJWT } from "jose";
import type { Provider } from "./provider.ts";

/** What {@link apple} takes: what Apple shows where a key for "Sign in with Apple" is made. */
export interface AppleOptions {
  /** The Services ID. */
  readonly clientId: string;
  readonly teamId: string;
  readonly keyId: string;
  /** The private key as Apple hands it out: PKCS #8 in PEM, a key for ES256. */
  readonly privateKey: string;
  /** What is asked for (default `["name", "email"]`, beside `openid`). */
  readonly scope?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
}

const issuer = "https://appleid.apple.com";

/** How long a client secret lives, in seconds: it is made anew for each call. */
const secretLife = 300;

/**
 * Sign in with Apple. Its client secret is a token that is signed anew for each call, and its answer comes as a form: the callback
 * sends it on to itself as a `GET`, so that the browser brings the session's cookie.
 */
export function apple({ teamId, keyId, privateKey, scope = ["name", "email"], ...options }: AppleOptions): Provider {
  const { clientId } = options;
  let key: ReturnType<typeof importPKCS8> | undefined;
  return {
    ...options,
    issuer,
    scope: ["openid", ...scope.filter((one) => one !== "openid")],
    responseMode: "form_post",
    clientAuth: "post",
    async clientSecret(now) {
      key ??= importPKCS8(privateKey, "ES256");
      const at = Math.floor(now / 1_000);
      return new SignJWT()
        .setProtectedHeader({ alg: "ES256", kid: keyId })
        .setIssuer(teamId)
        .setSubject(clientId)
        .setAudience(issuer)
        .setIssuedAt(at)
        .setExpirationTime(at + secretLife)
        .sign(await key);
    },
  };
}
