import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import { type FakeRuntime, fakeRuntime } from "../../src/testing/index.ts";
import { accessTokenVerifier, type PublicKey, type VerifierOptions } from "../../src/verify/index.ts";

export const issuer = "https://shop.example";
export const audience = "https://api.shop.example";

type Json = Readonly<Record<string, unknown>>;

/** A key pair as an issuer has it. */
export interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: PublicKey;
}

const made = new Map<string, Promise<Pair>>();

/** The key pair of a name: made once in this process, since RSA takes its time. */
export function pairOf(kid: string, alg: string = "EdDSA"): Promise<Pair> {
  const name = `${kid} ${alg}`;
  const pair = made.get(name) ?? makePair(kid, alg);
  made.set(name, pair);
  return pair;
}

async function makePair(kid: string, alg: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } as PublicKey };
}

/** An RSA pair too short for anybody who cares. */
export function shortRsa(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256" } as PublicKey;
  return { jwk, publicKey, sign: (input: string) => signBytes("sha256", Buffer.from(input), privateKey) };
}

/** Signs what would be signed: of a JWS everything before the last dot. */
type Sign = (input: string) => Promise<Uint8Array> | Uint8Array;

const algorithms: Record<string, AlgorithmIdentifier | EcdsaParams | RsaPssParams> = {
  EdDSA: "Ed25519",
  Ed25519: "Ed25519",
  ES256: { name: "ECDSA", hash: "SHA-256" },
  RS256: "RSASSA-PKCS1-v1_5",
  PS256: { name: "RSA-PSS", saltLength: 32 },
};

/** Signs with a key of an issuer, whatever the header says. */
export const signedBy =
  ({ privateKey, jwk }: Pair): Sign =>
  async (input) =>
    new Uint8Array(await crypto.subtle.sign(algorithms[jwk.alg ?? ""] as never, privateKey, Buffer.from(input)));

/** Signs with a text as the secret of an HMAC. */
export const signedByText =
  (secret: string | Uint8Array): Sign =>
  (input) =>
    createHmac("sha256", secret).update(input).digest();

/** A token made by hand: any header, any payload, any signature. */
export async function tokenOf(header: unknown, payload: unknown, sign: Sign): Promise<string> {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${Buffer.from(await sign(input)).toString("base64url")}`;
}

/** Text is written as it is, everything else as JSON. */
const encoded = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** An issuer, a service that verifies its tokens, and the clock of both. */
export class Scene {
  readonly runtime: FakeRuntime = fakeRuntime();
  readonly pair: Pair;

  constructor(pair: Pair) {
    this.pair = pair;
  }

  /** The present, in seconds. */
  get now(): number {
    return this.runtime.now() / 1_000;
  }

  header(more: Json = {}): Json {
    const { alg, kid } = this.pair.jwk;
    return { alg, typ: "at+jwt", kid, ...more };
  }

  /** Claims that are good now. `undefined` takes one away. */
  claims(more: Json = {}): Json {
    const { now } = this;
    const who = { iss: issuer, sub: "u1", aud: audience, client_id: "app", jti: "j1" };
    return { ...who, iat: now, exp: now + 300, scope: "orders:read", sid: "A".repeat(22), ...more };
  }

  token(claims: Json = {}, header: Json = {}): Promise<string> {
    return tokenOf(this.header(header), this.claims(claims), signedBy(this.pair));
  }

  options(more: Partial<VerifierOptions> = {}): VerifierOptions {
    return { issuer, audience, keys: { keys: [this.pair.jwk] }, runtime: this.runtime, ...more };
  }

  /** Why a token is refused, or `null`. */
  async reasonOf(token: string, more: Partial<VerifierOptions> = {}): Promise<string | null> {
    const { refusal } = await accessTokenVerifier(this.options(more))(token);
    return refusal?.reason ?? null;
  }
}

export async function scene(alg: string = "EdDSA"): Promise<Scene> {
  return new Scene(await pairOf("k1", alg));
}
