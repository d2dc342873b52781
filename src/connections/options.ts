import type { Problem } from "../cookie/rules.ts";
import type { EventListener } from "../core/events.ts";
import { namedSecrets, weakSecrets } from "../core/secrets.ts";
import type { SignInOptions } from "../core/session-options.ts";
import { durationOf } from "../core/timeouts.ts";
import type { Duration } from "../duration.ts";
import { SessionConfigError, type SessionErrorCode } from "../errors.ts";
import type { Maybe } from "../maybe.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import type { Fetch } from "./bounded-fetch.ts";
import type { FreshnessLimits } from "./fresh-tokens.ts";
import type { Account, Provider, Providers } from "./provider.ts";

/** Somebody who came back from a provider to sign in. */
export interface SigningIn<Name extends string = string> extends Account {
  readonly provider: Name;
}

/** Somebody who is signed in and came back from a provider to link an account. */
export interface Linking<Name extends string = string> extends SigningIn<Name> {
  readonly userId: string;
}

/** Who is to be signed in, and how: see `session.signIn`. */
export type SignInAs = string | ({ readonly userId: string } & SignInOptions);

/** Everything that {@link connections} can be told. */
export interface ConnectionsOptions<Named extends Providers> {
  /** Where the links are kept: the store of the sessions, or another one. */
  readonly store: SessionStore;
  /** Secrets of at least 32 bytes that provider tokens are sealed with: the first seals, all of them open. */
  readonly secrets: readonly string[];
  /** The providers, by names of your own: `{ github: github({ … }), corp: oidc({ … }) }`. */
  readonly providers: Named;
  /** The origin of the application that visitors see. The redirect address is `{origin}{basePath}/callback.{provider}`. */
  readonly origin: string;
  /**
   * Finds or makes the user of an account, at a sign-in; `null` signs nobody in. Go by `provider` and `subject`: an address is only
   * as good as the provider's word that it was verified.
   */
  readonly onSignIn?: (account: SigningIn<keyof Named & string>) => Maybe<SignInAs | null>;
  /**
   * Is told of an account that a user links, before it is stored, so that a later sign-in finds the user by it; `false` refuses, as
   * you will where another user has the account.
   */
  readonly onLink?: (account: Linking<keyof Named & string>) => Maybe<unknown>;
  /** How recent the authentication of a user who links or unlinks must be (default `"15m"`). */
  readonly linkFreshFor?: Duration;
  /** Where a visitor goes when nothing came of it, with `?connection_error=…` (default `"/sign-in"`). */
  readonly failurePath?: string;
  /**
   * Where a visitor goes whose form to link or unlink an account comes too long after the sign-in, or after the session has ended
   * (default: `failurePath`). It gets the `returnTo` of the form.
   */
  readonly reauthenticatePath?: string;
  /** How long before its end an access token is refreshed (default `"60s"`). */
  readonly refreshAhead?: Duration;
  /**
   * For how long one process alone may refresh the tokens of a link (default `"10s"`). It is what a crash costs at most. Longer than
   * `providerTimeLimit`, by what the store may take to give it: whoever gets it too late to wait for an answer does not ask.
   */
  readonly lease?: Duration;
  /** How long one request to a provider, or a `clientSecret` that is a function, may take (default `"5s"`); shorter than `lease`. */
  readonly providerTimeLimit?: Duration;
  /** By how much the clock of a provider may differ (default `"30s"`). */
  readonly clockTolerance?: Duration;
  /** After which time a link that nobody has used is forgotten (default `"400d"`). */
  readonly unusedFor?: Duration;
  /** How long one call of the store may take (default `"2s"`). */
  readonly storeTimeLimit?: Duration;
  /** Is told what happens where no session is at hand. In a request the `onEvent` of the sessions is told. */
  readonly onEvent?: EventListener;
  /** How providers are asked (default: the `fetch` of the runtime). */
  readonly fetch?: Fetch;
  readonly runtime?: Partial<Runtime>;
}

/** The options, resolved. */
export interface ConnectionsPolicy extends FreshnessLimits {
  readonly store: SessionStore;
  readonly secrets: readonly string[];
  readonly providers: Providers;
  readonly origin: string;
  readonly onSignIn: ((account: SigningIn) => Maybe<SignInAs | null>) | undefined;
  readonly onLink: ((account: Linking) => Maybe<unknown>) | undefined;
  readonly linkFreshFor: Duration;
  readonly failurePath: string;
  readonly reauthenticatePath: string;
  readonly providerTimeLimit: number;
  readonly clockTolerance: number;
  readonly storeTimeLimit: number;
  readonly onEvent: EventListener | undefined;
  readonly fetch: Fetch;
  readonly runtime: Runtime;
}

/**
 * Resolves the options, or throws one error with every problem.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, `CONFIG_SECRET_MISSING`, `CONFIG_SECRET_WEAK`
 */
export function resolveConnections<Named extends Providers>(options: ConnectionsOptions<Named>): ConnectionsPolicy {
  const problems: Problem[] = secretProblems(options.secrets);
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });
  const time = (
    name:
      | "refreshAhead"
      | "lease"
      | "providerTimeLimit"
      | "clockTolerance"
      | "unusedFor"
      | "storeTimeLimit"
      | "linkFreshFor",
    fallback: Duration,
  ) =>
    durationOf(name, options[name] ?? fallback, invalid, name === "refreshAhead" || name === "clockTolerance" ? 0 : 1);
  const { store, secrets, providers, origin, onSignIn, onLink, failurePath = "/sign-in", onEvent } = options;
  const { reauthenticatePath = failurePath } = options;
  const policy = {
    ...{ store, secrets, providers, origin, failurePath, reauthenticatePath, onEvent },
    onSignIn: onSignIn as ConnectionsPolicy["onSignIn"],
    onLink: onLink as ConnectionsPolicy["onLink"],
    linkFreshFor: time("linkFreshFor", "15m"),
    refreshAhead: time("refreshAhead", "60s"),
    lease: time("lease", "10s"),
    providerTimeLimit: time("providerTimeLimit", "5s"),
    clockTolerance: time("clockTolerance", "30s"),
    unusedFor: time("unusedFor", "400d"),
    storeTimeLimit: time("storeTimeLimit", "2s"),
    fetch: options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init)),
    runtime: { ...systemRuntime, ...options.runtime },
  };
  if (typeof store?.find !== "function") invalid("connections has no store.", "Pass the store of the sessions.");
  if (policy.providerTimeLimit >= policy.lease)
    invalid(
      "providerTimeLimit is not shorter than lease.",
      "Whoever refreshes must be done before another one may; the rest of the lease is for the store, which gives it.",
    );
  if (!isOrigin(origin)) invalid("origin is not an origin.", 'Write it like "https://shop.example", without a path.');
  for (const [name, provider] of Object.entries(providers ?? {})) checkProvider(name, provider, invalid);
  if (problems.length === 0) return policy;
  const code = new Set(problems.map((problem) => problem.code)).size === 1 ? problems[0]?.code : undefined;
  const text = problems.map(({ message, hint }) => `${message} ${hint}`).join(" ");
  throw new SessionConfigError((code ?? "CONFIG_INVALID") as SessionErrorCode, `connections: ${text}`);
}

function secretProblems(secrets: readonly string[] | undefined): Problem[] {
  if (Array.isArray(secrets) && secrets.length > 0) return weakSecrets(namedSecrets(secrets));
  return [
    {
      code: "CONFIG_SECRET_MISSING",
      message: "Provider tokens are sealed with secrets, and there are none.",
      hint: "Pass secrets: [process.env.SESSION_SECRET].",
    },
  ];
}

function checkProvider(name: string, provider: Provider, invalid: (message: string, hint: string) => void): void {
  if (!/^[a-z0-9][\w-]{0,31}$/i.test(name))
    invalid(`providers has ${JSON.stringify(name)}, which is no part of an address.`, 'Name it like "github".');
  if (typeof provider?.clientId !== "string" || provider.clientId === "")
    invalid(`providers.${name} has no clientId.`, "Pass what the provider shows where the application is registered.");
  if (provider?.clientSecret === "")
    invalid(`providers.${name} has an empty clientSecret.`, "Is the environment variable set?");
  if (!isIssuer(provider?.issuer))
    invalid(`The issuer of providers.${name} is no https address.`, "http is for a provider on this machine only.");
}

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

function isIssuer(issuer: unknown): boolean {
  const url = typeof issuer === "string" ? addressOf(issuer) : null;
  return url !== null && (url.protocol === "https:" || (url.protocol === "http:" && loopback.has(url.hostname)));
}

function isOrigin(origin: unknown): boolean {
  const url = typeof origin === "string" ? addressOf(origin) : null;
  return url !== null && url.origin === origin && /^https?:$/.test(url.protocol);
}

function addressOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
