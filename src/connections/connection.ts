import type { Runtime } from "../runtime.ts";
import { discardToken } from "./discard.ts";
import type { FreshToken, FreshTokens, Report } from "./fresh-tokens.ts";
import type { KeptToken, Link } from "./link.ts";
import type { Links, Owner } from "./links.ts";
import type { Audience, ProviderClient } from "./provider-client.ts";
import { audienceKey, type SealedTokens } from "./sealed-tokens.ts";
import { takeBack } from "./take-back.ts";

/** What may be known of a link: nothing in it is secret, and nothing of it opens anything. */
export interface ConnectionInfo<Name extends string = string> {
  readonly provider: Name;
  /** The provider's own id of the account. */
  readonly subject: string;
  /** The scope that was granted, `null` where the provider did not say. */
  readonly scope: readonly string[] | null;
  readonly linkedAt: number;
  /** `"broken"`: it gives no tokens any more, and the account has to be linked again. */
  readonly state: "active" | "broken";
}

/** What unlinking may be told. */
export interface UnlinkOptions {
  /**
   * Whether the provider is asked to take its tokens back, where it offers that (default `true`). What a refresh still gives that is
   * under way at that moment is taken back in any case, as nobody keeps it.
   */
  readonly revoke?: boolean;
}

/** The link between a user and their account at one provider. */
export interface Connection<Name extends string = string> {
  readonly provider: Name;
  /**
   * Gives an access token that is good for longer than `refreshAhead`: the kept one, or one that the provider gives now. However many
   * ask at once, in any number of processes, the provider is asked once. While it does not answer, a kept token that has not expired
   * is given. Works while rendering: what it writes goes to the store, and no cookie is set.
   *
   * @param audience A resource (RFC 8707) or a part of the granted scope, each with a token of its own (default: the one that came
   *   with the account).
   * @returns The token, to be sent to the provider's API and nowhere else.
   * @throws {@link SessionStateError} `CONNECTION_MISSING`: no account is linked. `CONNECTION_BROKEN`: the user has taken the grant
   *   back, or it has expired. `UNAUTHENTICATED`: nobody is signed in. `IMPERSONATION_REFUSED`: somebody else acts as the user.
   * @throws {@link SessionExtensionError} `CONNECTION_UNAVAILABLE`: the provider did not answer, and there is no token that is good.
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`
   * @example
   * const token = await session.connection("github").accessToken()
   * const repositories = await fetch("https://api.github.com/user/repos", { headers: { authorization: `Bearer ${token}` } })
   */
  accessToken(audience?: Audience): Promise<string>;
  /**
   * Discards an access token that the provider's API has refused (401): it is given to nobody any more, and the next `accessToken()`
   * has a fresh one. Where the user has taken the grant back, that one is `CONNECTION_BROKEN`. A link that has no other token and none
   * to refresh it with breaks at once. One read of the store, and one write where it is kept.
   *
   * @returns Whether it was kept still; one that has been replaced meanwhile, or was never given, changes nothing.
   * @throws {@link SessionStateError} `IMPERSONATION_REFUSED`: somebody else acts as the user.
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`
   * @example
   * const connection = session.connection("github")
   * const ask = (token) => fetch(address, { headers: { authorization: `Bearer ${token}` } })
   * const token = await connection.accessToken()
   * let answer = await ask(token)
   * if (answer.status === 401) {
   *   await connection.discard(token)
   *   answer = await ask(await connection.accessToken())
   * }
   * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750 section 3.1: invalid_token}
   */
  discard(accessToken: string): Promise<boolean>;
  /** Tells what is linked; `null`: nothing. One read of the store. */
  find(): Promise<ConnectionInfo<Name> | null>;
  /**
   * Ends the link, and then asks the provider to revoke its tokens (RFC 7009). The link has ended when the promise resolves, whatever
   * the provider answers: a revocation that fails is an event.
   *
   * @returns Whether there was a link; of any number of calls at once one is told so.
   * @throws {@link SessionStateError} `IMPERSONATION_REFUSED`: somebody else acts as the user.
   */
  unlink(options?: UnlinkOptions): Promise<boolean>;
}

/** What connections work with. */
export interface ConnectionContext {
  readonly links: Links;
  readonly tokens: SealedTokens;
  readonly runtime: Runtime;
  readonly fresh: FreshTokens;
  clientOf(provider: string): ProviderClient;
}

/**
 * Makes the connection of an owner, for one request or one job. A token that it gave is remembered for as long as it is fresh, so
 * that one render reads once.
 */
export function createConnection<Name extends string>(
  context: ConnectionContext,
  owner: Owner & { readonly provider: Name },
  report: Report,
): Connection<Name> {
  const { links, runtime, fresh } = context;
  const given = new Map<string, Promise<FreshToken>>();

  async function ask(audience: Audience): Promise<FreshToken> {
    const key = audienceKey(audience);
    const asked = fresh(owner, audience, report);
    given.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      if (given.get(key) === asked) given.delete(key);
      throw error;
    }
  }

  return {
    provider: owner.provider,
    async accessToken(audience = {}) {
      const known = await given.get(audienceKey(audience));
      const { accessToken } = known && runtime.now() < known.freshUntil ? known : await ask(audience);
      return accessToken;
    },
    async discard(accessToken) {
      given.clear();
      const outcome = await discardToken(context, owner, accessToken);
      if (outcome === "broken") report("link-broken", { provider: owner.provider, reason: "refused" });
      return outcome !== null;
    },
    async find() {
      const found = await links.find(owner);
      return found && infoOf(owner.provider, found.link);
    },
    async unlink({ revoke = true } = {}) {
      given.clear();
      const ended = await links.end(owner);
      if (ended) report("account-unlinked", { provider: owner.provider });
      if (ended?.link && revoke) await endGrant(context, owner, ended.link, report);
      return ended !== null;
    },
  };
}

/** Asks the provider to revoke what a link held. What no secret opens cannot be taken back. */
async function endGrant(context: ConnectionContext, owner: Owner, link: Link, report: Report): Promise<void> {
  const { tokens, runtime, clientOf } = context;
  const { provider } = owner;
  const refreshToken = await tokens.refreshToken(owner, link);
  const isGood = ({ expiresAt }: KeptToken) => expiresAt === null || runtime.now() < expiresAt;
  const good = Object.entries(link.access).findLast(([, token]) => isGood(token));
  const accessToken = good ? await tokens.accessToken(owner, ...good) : null;
  const isLost = refreshToken === null && accessToken === null && (link.refresh !== null || good !== undefined);
  const failed = () => report("revocation-failed", { provider });
  if (isLost) failed();
  else await takeBack(clientOf(provider), { refreshToken, accessToken }, failed);
}

function infoOf<Name extends string>(provider: Name, link: Link | null): ConnectionInfo<Name> {
  const { subject = "", scope = null, linkedAt = 0, brokenAt = 0 } = link ?? {};
  const parts = scope === null ? null : scope.split(/[ ,]+/).filter((part) => part !== "");
  return { provider, subject, scope: parts, linkedAt, state: brokenAt === null ? "active" : "broken" };
}
