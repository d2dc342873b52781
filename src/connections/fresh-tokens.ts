import { toBase64url } from "../bytes.ts";
import { isSessionError } from "../errors.ts";
import { pause, type Runtime } from "../runtime.ts";
import { NoAnswer } from "../time-limit.ts";
import { contended, linkBroken, notLinked, unavailable } from "./failures.ts";
import { type Fresh, type KeptToken, type Lease, type Link, tokenFor, withFresh, withRefresh } from "./link.ts";
import type { FoundLink, Links, Owner } from "./links.ts";
import { nextStep } from "./next-step.ts";
import { type Audience, type Granted, isInvalidGrant, type ProviderClient } from "./provider-client.ts";
import { audienceKey, type SealedTokens } from "./sealed-tokens.ts";
import { takeBack } from "./take-back.ts";

/** Reports what happened to a link. */
export type Report = (event: string, facts: Readonly<Record<string, string | number | boolean | null>>) => void;

/** How tokens are kept fresh, in milliseconds. */
export interface FreshnessLimits {
  /** How long before its end a token is refreshed. */
  readonly refreshAhead: number;
  /** For how long one process alone may ask a provider for a link's tokens. */
  readonly lease: number;
  /** How long one request to a provider may take. */
  readonly providerTimeLimit: number;
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

/** How often somebody tries to refresh a link that is another one each time. */
const mostAttempts = 20;

/** What a provider was asked for: the link as it was then, and who had its lease. */
interface Asked {
  readonly generation: number;
  readonly link: Link;
  readonly holder: string;
}

/** The link as long as it is the one that was asked for. */
function sameLink({ generation }: Asked, { kept, link }: FoundLink): Link | null {
  return kept.generation === generation ? link : null;
}

/** The link as long as its tokens are those of then. */
function inTurn(asked: Asked, present: FoundLink): Link | null {
  const own = sameLink(asked, present);
  return own?.turn === asked.link.turn ? own : null;
}

/** The link as long as nobody else has taken its lease. */
function heldBy(asked: Asked, present: FoundLink): Link | null {
  const own = sameLink(asked, present);
  return own?.lease?.holder === asked.holder ? own : null;
}

/**
 * The link with what an answer still is to it. Newer tokens stay; but where a sign-in has brought no refresh token, the link has the one
 * that was used, and without the answer's it would break.
 */
function answered(asked: Asked, present: FoundLink, fresh: Fresh): Link | null {
  const own = inTurn(asked, present);
  if (own) return withFresh(own, fresh);
  const held = heldBy(asked, present);
  if (held) return withRefresh(held, fresh.refresh);
  const later = sameLink(asked, present);
  const isUsed = fresh.refresh !== null && later?.refresh === asked.link.refresh;
  return later && isUsed ? withRefresh(later, fresh.refresh) : null;
}

/**
 * Makes the source of fresh access tokens. However many ask at once, in however many processes, the provider is asked once: in one
 * process they share the call, and among processes a lease in the link's record says who makes it. A holder that dies is followed
 * by another when its lease is over: under it one request is made, and only where that must end before the lease does. Its answer,
 * should it come yet, is stored only as long as nothing newer was: what is stored raises the link's turn, and an answer counts for
 * the turn that it was asked in, but for a refresh token that takes the place of the one it was asked with.
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
    const failed = () => report("refresh-failed", { provider: owner.provider });
    const ask = await prepare(owner, failed);
    const lease = await takeLease(owner, found, link);
    if (!lease) return; // somebody else has it
    const asked: Asked = { generation: found.kept.generation, link, holder: lease.holder };
    const refreshToken = await tokens.refreshToken(owner, link);
    try {
      if (refreshToken === null) return await breakLink(owner, asked, "unreadable", report);
      if (runtime.now() + limits.providerTimeLimit > lease.until) throw new NoAnswer("the lease was given too late");
      await keep(owner, asked, audienceKey(audience), await ask(refreshToken, audience), report);
    } catch (error) {
      if (isInvalidGrant(error)) return await breakLink(owner, asked, "invalid-grant", report);
      failed();
      await links.settle(owner, (present) => {
        const held = heldBy(asked, present);
        return held && { ...held, lease: null, failedAt: runtime.now() };
      });
      throw error;
    }
  }

  /** All that takes time and is no use of the refresh token, before the lease is taken: it would be over before its holder is done. */
  async function prepare({ provider }: Owner, failed: () => void) {
    try {
      return await context.clientOf(provider).prepareRefresh();
    } catch (error) {
      failed();
      throw error;
    }
  }

  /** Stores what was granted, as far as nothing newer was stored meanwhile; takes it back where the link has ended. */
  async function keep(owner: Owner, asked: Asked, key: string, granted: Granted, report: Report): Promise<void> {
    const { provider } = owner;
    const fresh = await tokens.granted(owner, key, granted, runtime.now());
    if (await links.settle(owner, (present) => answered(asked, present, fresh))) return;
    if (await links.find(owner)) return;
    await takeBack(context.clientOf(provider), granted, () => report("revocation-failed", { provider }));
  }

  /** Takes the lease of a link that was read with none in force; `null`: somebody else was first. */
  async function takeLease(owner: Owner, found: FoundLink, link: Link): Promise<Lease | null> {
    const lease = { holder: toBase64url(runtime.randomBytes(16)), until: runtime.now() + limits.lease };
    try {
      return (await links.change(found, { ...link, lease })) ? lease : null;
    } catch (error) {
      // It may have arrived although its answer did not.
      const present = isSessionError(error, "STORE_UNAVAILABLE") ? await links.find(owner) : null;
      if (present?.link?.lease?.holder === lease.holder) return lease;
      throw error;
    }
  }

  async function breakLink(
    owner: Owner,
    asked: Asked,
    reason: "invalid-grant" | "unreadable",
    report: Report,
  ): Promise<void> {
    const broken = await links.settle(owner, (present) => {
      const own = inTurn(asked, present);
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
    for (let wait = firstPause, attempts = 0; ; ) {
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
      if (attempts === mostAttempts) {
        if (spare) return serveSpare();
        throw contended();
      }
      attempts += 1;
      try {
        await share(found, link, key, () => refresh(owner, found, link, audience, report));
      } catch (error) {
        if (spare && runtime.now() < (spare.expiresAt ?? Number.POSITIVE_INFINITY)) return serveSpare();
        throw isSessionError(error) ? error : unavailable(owner.provider, error);
      }
    }
  };
}
