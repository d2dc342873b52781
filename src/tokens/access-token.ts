import { createLocalJWKSet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { toBase64url } from "../bytes.ts";
import { type Identity, identityEnd } from "../core/acting.ts";
import { dateOf, type Runtime } from "../runtime.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Keyring } from "./keyring.ts";

/** What an access token is to say. */
export interface AccessGrant {
  readonly issuer: string;
  readonly client: string;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  /** How long it lives, in milliseconds. */
  readonly lasts: number;
  readonly thumbprint: string | null;
}

/** An access token with its end, in epoch milliseconds. */
export interface AccessToken {
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * Signs an access token for whom a record stands, which ends with the deadlines of its session. `now` is an instant before whatever
 * was stored for it, so that what ended the session since is later.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2 RFC 9068: the claims}
 */
export async function signAccessToken(
  { keyring, runtime }: { readonly keyring: Keyring; readonly runtime: Runtime },
  grant: AccessGrant,
  { record, identity }: { readonly record: SessionRecord; readonly identity: Identity },
  now: number,
): Promise<AccessToken> {
  const iat = Math.floor(now / 1_000);
  const exp = Math.floor(Math.min(now + grant.lasts, record.idleExpiresAt, identityEnd(record, now)) / 1_000);
  const { kid, alg, key } = await keyring.signing();
  const claims = {
    iss: grant.issuer,
    sub: identity.userId as string,
    aud: grant.audience.length === 1 ? (grant.audience[0] as string) : [...grant.audience],
    client_id: grant.client,
    ...(grant.scope.length > 0 && { scope: grant.scope.join(" ") }),
    ...{ iat, exp, jti: toBase64url(runtime.randomBytes(16)), sid: record.id },
    ...proofClaims(identity),
    ...(grant.thumbprint !== null && { cnf: { jkt: grant.thumbprint } }),
  };
  const token = await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "at+jwt" }).sign(key);
  return { token, expiresAt: exp * 1_000 };
}

// RFC 9068 section 2.2.1. Who was signed in by another application proved nothing here: 0 stands for that.
function proofClaims({ authenticatedAt, acr, amr }: Identity): Readonly<Record<string, unknown>> {
  return {
    ...(authenticatedAt && { auth_time: Math.floor(authenticatedAt / 1_000) }),
    ...(acr !== null && { acr }),
    ...(amr.length > 0 && { amr: [...amr] }),
  };
}

/** Reads an access token of our own that has not expired; `null` for everything else. */
export async function readAccessToken(
  { keyring, runtime }: { readonly keyring: Keyring; readonly runtime: Runtime },
  issuer: string,
  token: string,
): Promise<JWTPayload | null> {
  const keys = createLocalJWKSet({ keys: [...(await keyring.published())] });
  const only = { issuer, typ: "at+jwt", algorithms: ["EdDSA", "ES256"], requiredClaims: ["exp", "iat", "sub", "aud"] };
  const currentDate = dateOf(runtime.now());
  return jwtVerify(token, keys, { ...only, currentDate }).then(
    ({ payload }) => payload,
    () => null,
  );
}
