import { equalInConstantTime } from "../../../bytes.ts";
import { joined } from "./bounded-body.ts";
import type { PaymentRefusal } from "./payments.ts";

/** How old a signature may be, and how far ahead of our clock. */
const toleranceMs = 300_000;

/** A message with what it is to be verified by. */
export interface SignedMessage {
  /** The header `stripe-signature`, or `null`. */
  readonly header: string | null;
  /** The body, byte for byte as it arrived. */
  readonly body: Uint8Array;
  /** Any of them may have signed: two while one takes the place of the other. */
  readonly secrets: readonly string[];
  readonly now: number;
}

/**
 * Tells why a message is not to be believed, or `null` where it is: HMAC-SHA256 of `<t>.<body>` in a `v1` of the header, made
 * within the last five minutes. Without a secret nothing is believed. Every signature is compared with every secret, each
 * in constant time.
 *
 * @see {@link https://docs.stripe.com/webhooks#verify-manually Stripe: verify webhook signatures}
 */
export async function refusalOf({ header, body, secrets, now }: SignedMessage): Promise<PaymentRefusal | null> {
  if (secrets.length === 0) return "secret-unset";
  if (header === null) return "header-missing";
  const { timestamp, signatures } = readHeader(header);
  if (timestamp === null || signatures.length === 0) return "malformed";
  if (!(await isSigned(timestamp, body, signatures, secrets))) return "signature";
  return Math.abs(now - Number(timestamp) * 1_000) > toleranceMs ? "expired" : null;
}

/** How many signatures are looked at: Stripe sends one for each secret that is valid. */
const mostSignatures = 10;

function readHeader(header: string): { readonly timestamp: string | null; readonly signatures: readonly string[] } {
  let timestamp: string | null = null;
  const signatures: string[] = [];
  for (const part of header.slice(0, 4_096).split(",")) {
    const [name, value = ""] = part.trim().split("=", 2);
    if (name === "t" && /^\d{1,12}$/.test(value)) timestamp = value;
    if (name === "v1" && /^[0-9a-f]{64}$/.test(value) && signatures.length < mostSignatures) signatures.push(value);
  }
  return { timestamp, signatures };
}

async function isSigned(
  timestamp: string,
  body: Uint8Array,
  signatures: readonly string[],
  secrets: readonly string[],
): Promise<boolean> {
  const start = new TextEncoder().encode(`${timestamp}.`);
  const message = joined([start, body], start.length + body.length);
  let matches = 0;
  for (const secret of secrets) {
    const expected = await hmacOf(secret, message);
    for (const signature of signatures) if (equalInConstantTime(signature, expected)) matches += 1;
  }
  return matches > 0;
}

async function hmacOf(secret: string, message: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = new TextEncoder().encode(secret);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
