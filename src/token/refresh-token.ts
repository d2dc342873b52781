import { fromBase64url, toBase64url } from "../bytes.ts";

/**
 * The parts of a refresh token. All of it but the secret and the code is public, and the code vouches for the rest: a token of any
 * age is known to be ours without being stored, and whoever knows a public id alone can present nothing.
 */
export interface RefreshTokenParts {
  /** The public id of the session that it belongs to. */
  readonly id: string;
  /** Tells the families of one session apart. */
  readonly family: string;
  /** How often the family was rotated when it was issued. */
  readonly generation: number;
  /** 256 bits that only its holder knows. */
  readonly secret: string;
  /** A keyed code over the other parts. */
  readonly code: string;
}

const familyBytes = 9;
const generationBytes = 6;

// 9 and 6 bytes leave no spare bits; the id and the two of 32 bytes are spelled with theirs at zero, as in every token of ours.
const shape =
  /^ccr_[A-Za-z0-9_-]{21}[AQgw]\.[A-Za-z0-9_-]{20}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048][A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const [idStart, idEnd, familyStart, generationStart, secretStart, codeStart, tokenLength] = [
  4, 26, 27, 39, 47, 90, 133,
];

/** How many random bytes the name of a family has. */
export const familyLength = familyBytes;

/** Puts the parts of a refresh token together. */
export function writeRefreshToken({ id, family, generation, secret, code }: RefreshTokenParts): string {
  return `ccr_${id}.${family}${writeGeneration(generation)}${secret}${code}`;
}

/** Takes a refresh token apart, or answers `null` when its length or spelling is not exactly right. Never throws. */
export function parseRefreshToken(text: string): RefreshTokenParts | null {
  if (text.length !== tokenLength || !shape.test(text)) return null;
  return {
    id: text.slice(idStart, idEnd),
    family: text.slice(familyStart, generationStart),
    generation: readGeneration(text.slice(generationStart, secretStart)),
    secret: text.slice(secretStart, codeStart),
    code: text.slice(codeStart),
  };
}

function writeGeneration(generation: number): string {
  const bytes = new Uint8Array(generationBytes);
  for (let at = generationBytes - 1, rest = generation; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest;
  return toBase64url(bytes);
}

function readGeneration(text: string): number {
  return fromBase64url(text).reduce((generation, byte) => generation * 256 + byte, 0);
}
