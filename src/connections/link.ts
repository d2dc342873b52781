/** An access token as it is kept. */
export interface KeptToken {
  readonly sealed: string;
  /** Until when it is good, in epoch milliseconds; `null`: the provider did not say. */
  readonly expiresAt: number | null;
}

/** The right to ask the provider for new tokens, and no one else's meanwhile. */
export interface Lease {
  /** A random text of whoever has it. */
  readonly holder: string;
  readonly until: number;
}

/** A link between a user and an account at a provider: what the kept record of the two holds. */
export interface Link {
  /** The account: the provider's own id of it. */
  readonly subject: string;
  /** The scope that was granted, `null` where the provider did not say. */
  readonly scope: string | null;
  readonly linkedAt: number;
  /** Raised by everything that takes the place of the tokens: an answer to what was asked before it comes too late. */
  readonly turn: number;
  /** The refresh token, sealed. */
  readonly refresh: string | null;
  /** The access tokens, by what they are for: see {@link audienceKey}. The oldest first. */
  readonly access: Readonly<Record<string, KeptToken>>;
  readonly lease: Lease | null;
  /** When the provider last failed to give fresh tokens. */
  readonly failedAt: number | null;
  /** Since when the refresh token is worth nothing. */
  readonly brokenAt: number | null;
}

/** What a provider has granted, as it is kept. */
export interface Fresh {
  /** What the access token is for: see {@link audienceKey}. */
  readonly key: string;
  readonly token: KeptToken;
  /** The refresh token, sealed; `null`: the one before stays good. */
  readonly refresh: string | null;
}

/** How many access tokens for different resources and scopes are kept of one link. */
const mostTokens = 8;

/** Writes a link as the text that is kept. */
export function encodeLink(link: Link): string {
  return JSON.stringify({ v: 1, ...link });
}

/** Reads a link; `null` for what is none. Whoever can write to the store can write anything. */
export function decodeLink(text: string): Link | null {
  try {
    const link = JSON.parse(text) as Link & { readonly v: unknown };
    return link.v === 1 && isLink(link) ? link : null;
  } catch {
    return null;
  }
}

/** The link with new tokens in the place of the ones before; what waits for these has its turn. */
export function withFresh(link: Link, { key, token, refresh }: Fresh): Link {
  const { [key]: replaced, ...others } = link.access;
  const access = Object.fromEntries([...Object.entries(others), [key, token] as const].slice(-mostTokens));
  return { ...withRefresh(link, refresh), access, failedAt: null, brokenAt: null };
}

/** The link with a new refresh token alone: its access tokens have been replaced by newer ones already. */
export function withRefresh(link: Link, refresh: string | null): Link {
  return { ...link, refresh: refresh ?? link.refresh, turn: link.turn + 1, lease: null };
}

/**
 * The link without an access token that is worth nothing, broken where nothing else of it gives one; `null` where it keeps another one
 * by now. What waits for a refresh that is under way still has its turn.
 */
export function withoutToken(
  link: Link,
  { key, sealed }: { readonly key: string; readonly sealed: string },
  now: number,
): Link | null {
  const { [key]: kept, ...access } = link.access;
  if (kept?.sealed !== sealed) return null;
  const isOver = link.refresh === null && Object.keys(access).length === 0;
  return { ...link, access, ...(isOver && { turn: link.turn + 1, lease: null, brokenAt: now }) };
}

/** The kept token for a key. */
export function tokenFor({ access }: Link, key: string): KeptToken | null {
  return Object.hasOwn(access, key) ? (access[key] as KeptToken) : null;
}

function isLink(link: Link): boolean {
  return (
    typeof link.subject === "string" &&
    isTextOrNull(link.scope) &&
    isTextOrNull(link.refresh) &&
    Number.isSafeInteger(link.turn) &&
    Number.isSafeInteger(link.linkedAt) &&
    isInstantOrNull(link.failedAt) &&
    isInstantOrNull(link.brokenAt) &&
    isLeaseOrNull(link.lease) &&
    isObject(link.access) &&
    Object.values(link.access).every(isToken)
  );
}

function isToken(token: unknown): boolean {
  return isObject(token) && typeof token.sealed === "string" && isInstantOrNull(token.expiresAt);
}

function isLeaseOrNull(lease: unknown): boolean {
  return lease === null || (isObject(lease) && typeof lease.holder === "string" && Number.isSafeInteger(lease.until));
}

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string";
const isInstantOrNull = (value: unknown): boolean => value === null || Number.isSafeInteger(value);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
