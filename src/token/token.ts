import { toBase64url } from "../bytes.ts";
import type { Runtime } from "../runtime.ts";

/** What a token is for. The prefix on the wire keeps the kinds apart: no kind is ever accepted in another's place. */
export type TokenKind = "session" | "apiKey" | "ticket";

const prefixes: Record<TokenKind, string> = { session: "ccs_", apiKey: "cck_", ticket: "cct_" };

const idBytes = 16;
const secretBytes = 32;

// 16 bytes leave four spare bits in their last character and 32 bytes leave two. Only the spelling with those bits at
// zero is accepted, so that one token has one spelling and a flipped bit is always another token.
const shapes: Record<TokenKind, RegExp> = {
  session: /^ccs_[A-Za-z0-9_-]{21}[AQgw]\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
  apiKey: /^cck_[A-Za-z0-9_-]{21}[AQgw]\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
  ticket: /^cct_[A-Za-z0-9_-]{21}[AQgw]\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
};

// Where the parts of a token stand, whatever its kind: every prefix has four characters.
const [idStart, idEnd, secretStart, tokenLength] = [4, 26, 27, 70];

/** The two halves of a token: the public session id, and the secret that the store never sees. */
export interface TokenParts {
  readonly id: string;
  readonly secret: string;
}

/** A token as it is handed out, with its parts. */
export interface IssuedToken extends TokenParts {
  readonly token: string;
}

/** Makes a token with 256 random bits of secret for a new id of 128 random bits, or for the id of a living session. */
export function issueToken(kind: TokenKind, runtime: Runtime, id = newId(runtime)): IssuedToken {
  const secret = toBase64url(runtime.randomBytes(secretBytes));
  return { id, secret, token: writeToken(kind, { id, secret }) };
}

/** Puts the halves of a token together. */
export function writeToken(kind: TokenKind, { id, secret }: TokenParts): string {
  return `${prefixes[kind]}${id}.${secret}`;
}

/** Takes a token apart, or answers `null` when its kind, length or spelling is not exactly right. Never throws. */
export function parseToken(kind: TokenKind, text: string): TokenParts | null {
  if (text.length !== tokenLength || !shapes[kind].test(text)) return null;
  return { id: text.slice(idStart, idEnd), secret: text.slice(secretStart) };
}

/** Tells whether a text is spelled like a public id, of a session or of a key. */
export function isSessionId(text: unknown): text is string {
  return typeof text === "string" && /^[A-Za-z0-9_-]{21}[AQgw]$/.test(text);
}

/** Makes a public id of a digest, for what is found by a name: the last character of an id has four spare bits at zero. */
export function idOfDigest(digest: string): string {
  return `${digest.slice(0, 21)}A`;
}

function newId(runtime: Runtime): string {
  return toBase64url(runtime.randomBytes(idBytes));
}
