import { toBase64url } from "../bytes.ts";
import { signingKey } from "./subkey.ts";

/** What a snapshot says: which session it was made of, when, and what that shows of itself. */
export interface SnapshotContent {
  readonly sessionId: string;
  readonly generation: number;
  readonly version: number;
  /** When the session was read that it shows, in epoch milliseconds. */
  readonly readAt: number;
  /** The instant from which it says nothing any more. */
  readonly until: number;
  /** A JSON value. */
  readonly view: unknown;
}

const label = "coatcheck snapshot v1";

/** Base64url of the content, and of the 32 bytes of an HMAC in the one spelling that they have. */
const grammar = /^ccc_([\w-]{1,4096})\.([\w-]{42}[AEIMQUYcgkosw048])$/;

/**
 * Writes a snapshot for the holder of a session token: base64url of JSON, and an HMAC over that and the token. Without the token
 * beside it a snapshot is worth nothing, and with another one neither.
 */
export async function signSnapshot(secret: string, token: string, content: SnapshotContent): Promise<string> {
  const { sessionId, generation, version, readAt, until, view } = content;
  const payload = encode(JSON.stringify([sessionId, generation, version, readAt, until, view]));
  const mac = await crypto.subtle.sign("HMAC", await keyOf(secret), signed(payload, token));
  return `ccc_${payload}.${toBase64url(new Uint8Array(mac))}`;
}

/**
 * Reads a snapshot that was signed with one of the secrets for this very token; `null` for everything else. What it says of time is
 * not judged here. Never throws.
 */
export async function verifySnapshot(
  secrets: readonly string[],
  token: string,
  text: string,
): Promise<SnapshotContent | null> {
  const [, payload, mac] = grammar.exec(text) ?? [];
  if (payload === undefined || mac === undefined) return null;
  const bytes = Uint8Array.from(decode(mac), (character) => character.charCodeAt(0));
  for (const secret of secrets) {
    if (await crypto.subtle.verify("HMAC", await keyOf(secret), bytes, signed(payload, token)))
      return contentOf(payload);
  }
  return null;
}

function contentOf(payload: string): SnapshotContent {
  const [sessionId, generation, version, readAt, until, view] = JSON.parse(decode(payload)); // we have written it
  return { sessionId, generation, version, readAt, until, view };
}

const encoder = new TextEncoder();

function signed(payload: string, token: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${payload}.${token}`);
}

// Beyond ASCII everything is escaped: what is decoded needs no UTF-8 then.
function encode(json: string): string {
  const escaped = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return btoa(escaped).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decode(text: string): string {
  return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** More secrets than these at once nobody has. */
const mostKeys = 32;
const keys = new Map<string, Promise<CryptoKey>>();

function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret);
  if (known) return known;
  if (keys.size >= mostKeys) keys.clear();
  const key = signingKey(secret, label);
  keys.set(secret, key);
  return key;
}
