import { equalInConstantTime } from "../bytes.ts";
import { chain, type Maybe } from "../maybe.ts";
import { macsOf } from "./hmac.ts";

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

const macFor = macsOf("coatcheck snapshot v1");

/** The prefix, base64url of the content, and of the 32 bytes of an HMAC. */
const prefix = "ccc_";
const macLength = 43;

/**
 * Writes a snapshot for the holder of a session token: base64url of JSON, and an HMAC over that and the token. Without the token
 * beside it a snapshot is worth nothing, and with another one neither.
 */
export async function signSnapshot(secret: string, token: string, content: SnapshotContent): Promise<string> {
  const { sessionId, generation, version, readAt, until, view } = content;
  const payload = encode(JSON.stringify([sessionId, generation, version, readAt, until, view]));
  const mac = await (await macFor(secret))(`${payload}.${token}`);
  return `${prefix}${payload}.${mac}`;
}

/**
 * Reads a snapshot that was signed with one of the secrets for this very token; `null` for everything else. What it says of time is
 * not judged here. Never throws.
 */
export function verifySnapshot(secrets: readonly string[], token: string, text: string): Maybe<SnapshotContent | null> {
  const dot = text.length - macLength - 1;
  if (dot <= prefix.length || text.length > longest || text[dot] !== "." || !text.startsWith(prefix)) return null;
  const payload = text.slice(prefix.length, dot);
  return chain(isSigned(secrets, `${payload}.${token}`, text.slice(dot + 1)), (isOurs) =>
    isOurs ? contentOf(payload) : null,
  );
}

// At once where the runtime lets us: every promise would cost as much as a third of the HMAC.
function isSigned(secrets: readonly string[], text: string, presented: string, at = 0): Maybe<boolean> {
  const secret = secrets[at];
  if (secret === undefined) return false;
  const made = chain(macFor(secret), (sign) => sign(text));
  return chain(made, (mac) => equalInConstantTime(mac, presented) || isSigned(secrets, text, presented, at + 1));
}

/** No cookie is longer. */
const longest = 4_096;

function contentOf(payload: string): SnapshotContent {
  const content = JSON.parse(decode(payload));
  return {
    sessionId: content[0],
    generation: content[1],
    version: content[2],
    readAt: content[3],
    until: content[4],
    view: content[5],
  };
}

// Beyond ASCII everything is escaped: what is decoded needs no UTF-8 then.
function encode(json: string): string {
  const escaped = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return btoa(escaped).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decode(text: string): string {
  return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
}
