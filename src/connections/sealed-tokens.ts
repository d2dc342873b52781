import { type Fresh, type KeptToken, type Link, withFresh } from "./link.ts";
import type { Owner } from "./links.ts";
import type { Account } from "./provider.ts";
import type { Audience, Granted } from "./provider-client.ts";
import type { Seal } from "./seal.ts";

/** The key of the access token for a resource and a scope; `""` for the one that came with the account. */
export function audienceKey({ resource, scope }: Audience): string {
  return resource === undefined && scope === undefined ? "" : JSON.stringify([resource ?? null, scope ?? null]);
}

/** The tokens of links, sealed and opened: each is bound to its user, its provider and its place in the link. */
export interface SealedTokens {
  /** The refresh token, `null` where there is none, or it is not to be opened. */
  refreshToken(owner: Owner, link: Link): Promise<string | null>;
  accessToken(owner: Owner, key: string, token: KeptToken): Promise<string | null>;
  /** What the provider granted for a key, as a link keeps it. */
  granted(owner: Owner, key: string, granted: Granted, now: number): Promise<Fresh>;
  /** A link that begins with what the provider granted, or takes the place of the one before. */
  linked(owner: Owner, before: Link | null, account: Account, granted: Granted, now: number): Promise<Link>;
  /** The same link, sealed with the first secret. */
  resealed(owner: Owner, link: Link): Promise<Resealed>;
}

/** What became of a link that was to be sealed anew. */
export interface Resealed {
  /** The link with all that could be opened sealed with the first secret; `null`: nothing of it had to be. */
  readonly changed: Link | null;
  /** Whether that is all of it: what no secret opens stays as it is. */
  readonly isWhole: boolean;
}

/** How long an access token may be, in characters. Longer ones are no token's. */
const longestToken = 32_768;

/** Makes the sealed tokens over a seal. */
export function createSealedTokens({ seal, open, isCurrent }: Seal): SealedTokens {
  const refreshPlace = ({ userId, provider }: Owner) => [userId, provider, "refresh"];
  const accessPlace = ({ userId, provider }: Owner, key: string) => [userId, provider, "access", key];

  async function sealGranted(owner: Owner, key: string, granted: Granted, now: number): Promise<Fresh> {
    const { accessToken, lasts, refreshToken } = granted;
    if (accessToken.length + (refreshToken?.length ?? 0) > longestToken) throw new Error("the tokens are too long");
    const sealed = await seal(accessToken, accessPlace(owner, key));
    const end = lasts === null ? null : now + Math.floor(lasts);
    // A provider that says "for ever" with a great number has not said when.
    const token: KeptToken = { sealed, expiresAt: Number.isSafeInteger(end) ? end : null };
    return { key, token, refresh: refreshToken === null ? null : await seal(refreshToken, refreshPlace(owner)) };
  }

  /** A text sealed with the first secret; the same one where that has sealed it, or no secret opens it. */
  async function again(sealed: string, place: readonly string[]): Promise<string> {
    const text = (await isCurrent(sealed)) ? null : await open(sealed, place);
    return text === null ? sealed : seal(text, place);
  }

  return {
    refreshToken: async (owner, { refresh }) => (refresh === null ? null : open(refresh, refreshPlace(owner))),
    accessToken: (owner, key, { sealed }) => open(sealed, accessPlace(owner, key)),

    granted: sealGranted,

    async linked(owner, before, { subject }, granted, now) {
      const fresh = await sealGranted(owner, "", granted, now);
      // Some providers hand out a refresh token at the first consent only. A broken one is not worth keeping.
      const isSame = before !== null && before.subject === subject && before.brokenAt === null;
      const kept = isSame && fresh.refresh === null ? before : null;
      const empty = { access: {}, refresh: null, lease: null, failedAt: null, brokenAt: null };
      const base = { subject, scope: granted.scope, linkedAt: now, turn: before?.turn ?? 0, ...empty };
      // Whoever has the lease may be using that refresh token now: nobody else does, and their answer replaces it.
      return { ...withFresh(base, fresh), ...(kept && { refresh: kept.refresh, lease: kept.lease }) };
    },

    async resealed(owner, link) {
      const refresh = link.refresh === null ? null : await again(link.refresh, refreshPlace(owner));
      const access = await Promise.all(
        Object.entries(link.access).map(async ([key, token]) => {
          return [key, { ...token, sealed: await again(token.sealed, accessPlace(owner, key)) }] as const;
        }),
      );
      const isChanged =
        refresh !== link.refresh || access.some(([key, { sealed }]) => sealed !== link.access[key]?.sealed);
      const texts = [...(refresh === null ? [] : [refresh]), ...access.map(([, { sealed }]) => sealed)];
      const isWhole = (await Promise.all(texts.map(isCurrent))).every(Boolean);
      return { changed: isChanged ? { ...link, refresh, access: Object.fromEntries(access) } : null, isWhole };
    },
  };
}
