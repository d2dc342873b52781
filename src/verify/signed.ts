import { JOSEError, JWSSignatureVerificationFailed } from "jose/errors";
import { compactVerify } from "jose/jws/compact/verify";
import type { RefusalReason } from "./refusal.ts";

/** The header of a signed token, as it was sent: nothing of it is to be trusted before it was compared. */
export type SignedHeader = Readonly<Record<string, unknown>> & { readonly alg: string };

/** The claims of a signed token, of any kind: the signature says who wrote them, and nothing about their shape. */
export type SignedClaims = Readonly<Record<string, unknown>>;

/** A token whose signature holds, or why it is none. */
export type Opened =
  | { readonly header: SignedHeader; readonly claims: SignedClaims; readonly reason: null }
  | { readonly claims: null; readonly reason: RefusalReason };

/** Judges the header, and finds the key that must have signed. */
export type FindKey = (header: SignedHeader) => Promise<CryptoKey | RefusalReason>;

/** Three parts of base64url, none of them empty. */
const shape = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The last characters of parts that are not whole groups of four, with their spare bits at zero. */
const [afterOne, afterTwo] = [/[AQgw]$/, /[AEIMQUYcgkosw048]$/];

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Opens a signed token (JWS in its compact form): header, key, signature, claims, each looked at once. Anything that is none is
 * a reason and no error; what `findKey` throws is thrown on.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 RFC 7515: message signature or MAC validation}
 */
export async function openSigned(text: string, longest: number, findKey: FindKey): Promise<Opened> {
  if (text.length > longest || !isCompact(text)) return { claims: null, reason: "malformed" };
  try {
    const { payload, protectedHeader } = await compactVerify(text, async (header) => {
      // We understand no extension, so none may be critical (RFC 7515 section 4.1.11).
      const found = Object.hasOwn(header, "crit") ? "malformed" : await findKey(header as SignedHeader);
      if (typeof found === "string") throw new Refused(found);
      return found;
    });
    const claims = parseObject(payload);
    return claims ? { header: protectedHeader, claims, reason: null } : { claims: null, reason: "malformed" };
  } catch (error) {
    return { claims: null, reason: reasonOf(error) };
  }
}

/** One token has one spelling: a character changed in its last bits is another token, and no token at all. */
function isCompact(text: string): boolean {
  return shape.test(text) && text.split(".").every(isCanonical);
}

function isCanonical(part: string): boolean {
  const rest = part.length % 4;
  if (rest === 0) return true;
  return rest !== 1 && (rest === 2 ? afterOne : afterTwo).test(part.slice(-1));
}

function parseObject(bytes: Uint8Array): SignedClaims | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SignedClaims) : null;
  } catch {
    return null;
  }
}

/** Carries a reason out of the library that asks us for the key. */
class Refused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(reason);
    this.reason = reason;
  }
}

function reasonOf(error: unknown): RefusalReason {
  if (error instanceof Refused) return error.reason;
  if (error instanceof JWSSignatureVerificationFailed) return "signature";
  if (error instanceof JOSEError) return "malformed";
  throw error;
}
