import { createPublicKey, verify as verifyBytes } from "node:crypto";
import {
  base64url,
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  EmbeddedJWK,
  jwtVerify,
} from "jose";
import type { PublicKey } from "../../src/verify/index.ts";
import { audience, issuer } from "./issuer.ts";

/** A verifier that leaves something out. */
export type NaiveVerifier = (token: string, jwk: PublicKey, now: number) => Promise<unknown>;

const keysOf = (jwk: PublicKey) => createLocalJWKSet({ keys: [jwk as never] });
const at = (now: number) => ({ currentDate: new Date(now * 1_000) });

/** Takes any signed token of the issuer for an access token. */
const withoutType: NaiveVerifier = (token, jwk, now) => jwtVerify(token, keysOf(jwk), { issuer, audience, ...at(now) });

/** Does what the header says, as the first libraries did: `none` is good, and any key can be an HMAC's secret. */
const algorithmOfHeader: NaiveVerifier = async (token, jwk, now) => {
  const { alg } = decodeProtectedHeader(token);
  if (alg === "none") return decodeJwt(token);
  if (alg !== "HS256") return withoutType(token, jwk, now);
  for (const secret of publicTexts(jwk)) {
    const key = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
    const verified = await jwtVerify(token, key, { issuer, audience, ...at(now) }).catch(() => null);
    if (verified) return verified;
  }
  throw new Error("no secret fits");
};

/** What everybody knows of a key, in the forms in which it would be handed to an HMAC. */
export function publicTexts(jwk: PublicKey): (string | Uint8Array)[] {
  const pem = createPublicKey({ key: jwk as never, format: "jwk" }).export({ type: "spki", format: "pem" });
  return [String(pem), JSON.stringify(jwk), base64url.decode(String(jwk.x ?? jwk.n))];
}

/** Believes the key that the token brings along. */
const keyOfHeader: NaiveVerifier = (token) => compactVerify(token, EmbeddedJWK);

/** Understands every extension, by not asking what it means. */
const extensionsIgnored: NaiveVerifier = (token, jwk) => compactVerify(token, keysOf(jwk), { crit: { exotic: true } });

/** Looks at the signature and at nothing it is about. */
const signatureOnly: NaiveVerifier = (token, jwk) => compactVerify(token, keysOf(jwk));

/** Takes a key of any length. */
const anyLength: NaiveVerifier = async (token, jwk) => {
  const [header, payload, signature = ""] = token.split(".");
  const key = createPublicKey({ key: jwk as never, format: "jwk" });
  if (verifyBytes("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))) return;
  throw new Error("the signature does not hold");
};

/** Reads base64url as generously as most decoders: spare bits are anybody's. */
const generousDecoder: NaiveVerifier = signatureOnly;

export const naive = {
  withoutType,
  algorithmOfHeader,
  keyOfHeader,
  extensionsIgnored,
  signatureOnly,
  anyLength,
  generousDecoder,
};
