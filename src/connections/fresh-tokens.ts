import { toBase64url } from "../bytes.ts";
import { isSessionError } from "../errors.ts";
import { pause, type Runtime } from "../runtime.ts";
import { linkBroken, notLinked, unavailable } from "./failures.ts";
import { type KeptToken, type Link, tokenFor } from "./link.ts";
import type { FoundLink, Links, Owner } from "./links.ts";
import { nextStep } from "./next-step.ts";
import { type Audience, isInvalidGrant, type ProviderClient } from "./provider-client.ts";
import { audienceKey, type SealedTokens } from "./sealed-tokens.ts";

/** Reports what happened to a link. */
export type Report = (event: string, facts: Readonly<Record<string, string | number | boolean | null>>) => void;

/** How tokens are kept fresh, in milliseconds. */
export interface FreshnessLimits {
  /** How long before its end a token is refreshed. */
  readonly refreshAhead: number;
  /** For how long one process alone may ask a provider for a link's tokens. */
  readonly lease: number;
  /** After which time a link that nobody has used is forgotten. */
  readonly unusedFor: number;
}

/** What keeping tokens fresh works with. */
export interface FreshTokensContext {
  readonly links: Links;
  readonly tokens: SealedTokens;
  readonly runtime: Runtime;
  readonly limits: FreshnessLimits;
  clientOf(provider: string): ProviderClient;
}

/** A fresh access token, and until when it is to be believed without asking again. */
export interface FreshToken {
  readonly accessToken: string;
  readonly freshUntil: number;
}

/** Gives access tokens that are fresh. */
export type FreshTokens = (owner: Owner, audience: Audience, report: Report) => Promise<FreshToken>;

/** The first pause of whoever waits for another's refresh, and the longest, in milliseconds. */
const firstPause = 20;
const longestPause = 400;

/**
 * Makes the source of fresh access tokens. However many ask at once, in however many processes, the provider is asked once: in one
 * process they share the call, and among processes a lease in the link's record says who makes it. A holder that dies is followed
 * by another when its lease is over. Its answer, should it come yet, is stored only as long as nothing newer was: what is stored
 * raises the link's turn, and an answer counts for the turn that it was asked in.
 */
export function createFreshTokens(context: FreshTokensContext): FreshTokens {
  const { links, tokens, runtime, limits } = context;
  const flights = new Map<string, Promise<void>>();

  /** Lets everybody who asks the same of the same turn share one refresh. */
  function share(found: FoundLink, link: Link, key: string, refresh: () => Promise<void>): Promise<void> {
    const flight = JSON.stringify([found.kept.id, found.kept.generation, link.turn, key]);
    const running = flights.get(flight) ?? refresh().finally(() => flights.delete(flight));
    flights.set(flight, running);
    return running;
  }

  async function refresh(owner: Owner, found: FoundLink, link: Link, audience: Audience, report: Report) {
    const leased = await takeLease(owner, found, link);
    if (!leased) return; // somebody else has it
    const { turn } = link;
    const inTurn = ({ kept, link: present }: FoundLink) =>
      kept.generation === found.kept.generation && present?.turn === turn ? present : null;
    const refreshToken = await tokens.refreshToken(owner, link);
    try {
      if (refreshToken === null) return await breakLink(owner, inTurn, "unreadable", report);
      const granted = await context.clientOf(owner.provider).refresh(refreshToken, audience);
      const at = runtime.now();
      const fresh = await tokens.granted(owner, link, audienceKey(audience), granted, at);
      await links.settle(owner, (present) => inTurn(present) && fresh);
    } catch (error) {
      if (isInvalidGrant(error)) return await breakLink(owner, inTurn, "invalid-grant", report);
      report("refresh-failed", { provider: owner.provider });
      await links.settle(owner, (present) => {
        const own = inTurn(present);
        return own && own.lease?.holder === leased ? { ...own, lease: null, failedAt: runtime.now() } : null;
      });
      throw error;
    }
  }

  /** Takes the lease of a link that was read with none in force; answers its holder's name, or `null`. */
  async function takeLease(owner: Owner, found: FoundLink, link: Link): Promise<string | null> {
    const holder = toBase64url(runtime.randomBytes(16));
    const lease = { holder, until: runtime.now() + limits.lease };
    try {
      return (await links.change(found, { ...link, lease })) ? holder : null;
    } catch (error) {
      // It may have arrived although its answer did not.
      const present = isSessionError(error, "STORE_UNAVAILABLE") ? await links.find(owner) : null;
      if (present?.link?.lease?.holder === holder) return holder;
      throw error;
    }
  }

  async function breakLink(
    owner: Owner,
    inTurn: (found: FoundLink) => Link | null,
    reason: "invalid-grant" | "unreadable",
    report: Report,
  ): Promise<void> {
    const broken = await links.settle(owner, (present) => {
      const own = inTurn(present);
      return own && { ...own, turn: own.turn + 1, lease: null, refresh: null, access: {}, brokenAt: runtime.now() };
    });
    if (broken) report("link-broken", { provider: owner.provider, reason });
  }

  /** Keeps a link that is used: it is not forgotten, and its tokens are sealed with the first secret. */
  async function tend(owner: Owner, found: FoundLink, link: Link): Promise<void> {
    if (link.lease && runtime.now() < link.lease.until) return; // whoever has it writes soon
    const isOld = found.kept.expiresAt - runtime.now() < limits.unusedFor / 2;
    const { changed } = await tokens.resealed(owner, link);
    if (isOld || changed) await links.change(found, changed ?? link).catch(() => undefined); // later is as good
  }

  async function serve(
    owner: Owner,
    found: FoundLink,
    link: Link,
    { key, ahead = limits.refreshAhead }: { readonly key: string; readonly ahead?: number },
    token: KeptToken,
  ): Promise<FreshToken> {
    const accessToken = await tokens.accessToken(owner, key, token);
    if (accessToken === null) throw linkBroken(owner.provider);
    await tend(owner, found, link);
    const end = token.expiresAt ?? Number.POSITIVE_INFINITY;
    return { accessToken, freshUntil: end - ahead };
  }

  return async (owner, audience, report) => {
    const key = audienceKey(audience);
    const since = runtime.now();
    let first: Link | null = null;
    for (let wait = firstPause; ; ) {
      const found = await links.find(owner);
      if (!found) throw notLinked(owner.provider);
      const { link } = found;
      if (!link) throw linkBroken(owner.provider);
      first ??= link;
      // What has been given meanwhile is as fresh as it gets: some providers' tokens live shorter than we refresh ahead.
      const isNew = link.turn !== first.turn && tokenFor(link, key)?.sealed !== tokenFor(first, key)?.sealed;
      const ahead = isNew ? 0 : limits.refreshAhead;
      const step = nextStep(link, { key, now: runtime.now(), ahead, since });
      if (isNew && step.do === "refresh") throw unavailable(owner.provider); // it had ended when it arrived
      const spare = "spare" in step ? step.spare : null;
      const serveSpare = () => serve(owner, found, link, { key }, spare as KeptToken);
      if (step.do === "serve") return serve(owner, found, link, { key, ahead }, step.token);
      if (step.do === "give-up") {
        if (spare) return serveSpare();
        throw step.why === "broken" ? linkBroken(owner.provider) : unavailable(owner.provider);
      }
      if (step.do === "wait") {
        if (spare) return serveSpare();
        if (runtime.now() - since > 2 * limits.lease) throw unavailable(owner.provider);
        await pause(runtime, wait * (1 + runtime.jitter()));
        wait = Math.min(longestPause, wait * 2);
        continue;
      }
      try {
        await share(found, link, key, () => refresh(owner, found, link, audience, report));
      } catch (error) {
        if (spare && runtime.now() < (spare.expiresAt ?? Number.POSITIVE_INFINITY)) return serveSpare();
        throw isSessionError(error) ? error : unavailable(owner.provider, error);
      }
    }
  };
}
