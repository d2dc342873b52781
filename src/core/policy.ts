import type { CookieOptions, CookiePolicy } from "../cookie/policy.ts";
import { resolveCookie } from "../cookie/policy.ts";
import type { Duration } from "../duration.ts";
import { configError, type Problem } from "../problems.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import type { SessionBus } from "../store/bus.ts";
import type { SessionStore } from "../store/port.ts";
import { type ApiKeyOptions, type ApiKeyPolicy, resolveApiKeys } from "./api-key-policy.ts";
import { type CsrfTokens, createCsrfTokens } from "./csrf-token.ts";
import { createDataShape, type DataSchemas, type DataShape } from "./data-shape.ts";
import { type DeviceOptions, type DevicePolicy, resolveDevices } from "./devices.ts";
import type { EventListener } from "./events.ts";
import { type ResolvedExtension, recordKey, resolveExtensions } from "./extension-policy.ts";
import type { Extensions } from "./extensions.ts";
import type { FindUser, IdentityFunction } from "./external-user.ts";
import type { GuardLimits } from "./guard.ts";
import { type ImpersonationOptions, type ImpersonationPolicy, resolveImpersonation } from "./impersonation-policy.ts";
import { isKeepRule, type Keeping, type KeepRule, keptKeys } from "./keep.ts";
import { resolveSessionLimit, type SessionLimit, type SessionLimitPolicy } from "./limit-policy.ts";
import { namedSecrets, weakSecrets } from "./secrets.ts";
import type { AnySession } from "./session.ts";
import { resolveSignals, type SignalPolicy } from "./signal-policy.ts";
import { resolveSnapshot, type SnapshotOptions, type SnapshotPolicy } from "./snapshot-policy.ts";
import {
  durationOf,
  resolveTimeouts,
  type Timeouts,
  type TimeoutsFunction,
  type TimeoutsPolicy,
  type TimeoutsPreset,
} from "./timeouts.ts";
import { familyEpochKey } from "./token-families.ts";
import { type OpenTokensFunction, openTokensOf, type TokenIssuer, tokenProblems } from "./token-issuer.ts";

/** Everything that the engine can be told. Only `store` is required. */
export interface PolicyOptions {
  readonly store: SessionStore;
  readonly origins?: readonly string[];
  /**
   * How long sessions live: two durations, a preset (`"aal1"`, `"aal2"`, `"aal3"` after NIST SP 800-63B-4), or a function of the
   * user and the data that chooses for each session (default: idle 7 days, absolute 30 days). A session keeps the timeouts that
   * it began or was signed in with: a change of this option reaches it at its next sign-in.
   */
  readonly timeouts?: Timeouts | TimeoutsPreset | TimeoutsFunction;
  /** How many sessions a user may have at once (default: any number). */
  readonly limit?: SessionLimit;
  /** Who may impersonate whom (default: nobody). */
  readonly impersonation?: ImpersonationOptions;
  /** Lets users make keys for their scripts (default: nobody can, and no key is accepted). */
  readonly apiKeys?: ApiKeyOptions;
  /** Lets sessions issue access and refresh tokens: what `tokens` of `coatcheck/tokens` gives (default: they issue none). */
  readonly tokens?: TokenIssuer;
  /**
   * Lets the session token travel in `Authorization: Bearer` as well, for mobile applications and command lines (default `false`:
   * in the cookie alone). A request with that header is judged by it alone: its cookies are not looked at and none is set, it needs
   * no check for cross-site requests, and a new token comes in the response header `Coatcheck-Token`.
   */
  readonly bearer?: boolean;
  /**
   * Sends a signed copy of what the session shows along with its cookie, by which a proxy or a function at the edge decides without the
   * store: `readSnapshot` of `coatcheck/snapshot` (default: none). Needs `secrets`.
   */
  readonly snapshot?: SnapshotOptions;
  /**
   * The application's authentication levels, the lowest first, such as `["aal1", "aal2"]`: whoever reached a higher one than is
   * required is let in (default: only the very level is).
   */
  readonly acrLevels?: readonly string[];
  readonly cookie?: CookieOptions;
  readonly data?: DataSchemas;
  readonly keep?: KeepRule;
  readonly user?: FindUser;
  /**
   * Tells who is signed in, where another application does that, such as `authjs(auth)` of `coatcheck/authjs` (default: our own
   * `signIn` does). Sessions then carry data and extensions; until the first write of a signed-in visitor there is no record,
   * and `id` and the instants are `null`.
   */
  readonly identity?: IdentityFunction;
  readonly extend?: Extensions;
  readonly publicView?: (session: AnySession) => unknown;
  /**
   * How long a promise of the application may take, of `user`, `identity`, `publicView` and of an extension (default `"10s"`). After it
   * whoever waits gets an error, `USER_UNAVAILABLE`, `IDENTITY_UNAVAILABLE` or `EXTENSION_FAILED`, so that no page hangs.
   */
  readonly callbackTimeLimit?: Duration;
  readonly rotationGrace?: Duration;
  /** How long one call of the store may take (default `"2s"`); after it the request fails with `STORE_UNAVAILABLE`. */
  readonly storeTimeLimit?: Duration;
  /**
   * How many calls of the store may be under way at once in this process (default 10,000). While the store hangs, one more
   * fails at once with `STORE_UNAVAILABLE`, so that waiting requests do not fill the memory.
   */
  readonly storePendingLimit?: number;
  /**
   * Tells the other instances which sessions have ended or changed hands, and is told by them, for `session.signal` (default:
   * none, `signalCheck` alone bounds). A channel of its own spares the reads of what `cached` publishes.
   */
  readonly bus?: SessionBus;
  /** How often the sessions whose `signal` is watched in this process are looked at, whatever a bus tells (default `"60s"`). */
  readonly signalCheck?: Duration;
  /**
   * Opens `GET` and `POST {basePath}/sweep` to a scheduler that sends `Authorization: Bearer <sweepSecret>` (at least 32
   * bytes; default: the action does not exist).
   */
  readonly sweepSecret?: string | undefined;
  readonly basePath?: string;
  /** What is remembered of the visitor's device at sign-in (default: its name, and no address). */
  readonly devices?: DeviceOptions;
  readonly secrets?: readonly string[];
  readonly onEvent?: EventListener;
  readonly runtime?: Partial<Runtime>;
}

/** The resolved, frozen configuration. */
export interface Policy extends SignalPolicy {
  readonly store: SessionStore;
  readonly origins: readonly string[] | undefined;
  readonly timeouts: TimeoutsPolicy;
  readonly limit: SessionLimitPolicy | null;
  readonly impersonation: ImpersonationPolicy | null;
  readonly apiKeys: ApiKeyPolicy | null;
  /** Opens the issuer of tokens, with the secrets; `null` where there is none. */
  readonly openTokens: OpenTokensFunction | null;
  readonly bearer: boolean;
  readonly snapshot: SnapshotPolicy | null;
  readonly acrLevels: readonly string[];
  /** How long the previous token stays valid after a rotation, in milliseconds. */
  readonly rotationGrace: number;
  readonly cookie: CookiePolicy;
  readonly shape: DataShape;
  readonly keep: KeepRule;
  readonly user: FindUser | undefined;
  readonly identity: IdentityFunction | null;
  readonly extensions: readonly ResolvedExtension[];
  /** In milliseconds. */
  readonly callbackTimeLimit: number;
  readonly publicView: ((session: AnySession) => unknown) | undefined;
  readonly storeLimits: GuardLimits;
  readonly sweepSecret: string | undefined;
  /** Makes and verifies synchronizer tokens; `null` where there are no secrets. */
  readonly csrfTokens: CsrfTokens | null;
  readonly basePath: string;
  readonly devices: DevicePolicy;
  readonly onEvent: EventListener | undefined;
  readonly runtime: Runtime;
}

/**
 * Resolves the options, or throws one error that names every problem with its fix.
 *
 * @param found Problems that were found elsewhere in the same options.
 * @throws {@link SessionConfigError} the code of the problem, or `CONFIG_INVALID` where there are several kinds.
 */
export function resolvePolicy(options: PolicyOptions, found: readonly Problem[] = []): Policy {
  const problems: Problem[] = [...found];
  const environment = globalThis.process?.env?.NODE_ENV;
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });

  checkStore(options.store, invalid);
  const timeouts = resolveTimeouts(options.timeouts, invalid);
  const rotationGrace = durationOf("rotationGrace", options.rotationGrace ?? "10s", invalid, 0);
  const limit = resolveSessionLimit(options.limit, options.store, invalid);
  const impersonation = resolveImpersonation(options.impersonation, invalid);
  const apiKeys = resolveApiKeys(options.apiKeys, options.store, invalid);
  const bearer = resolveBearer(options, invalid);
  const acrLevels = options.acrLevels ?? [];
  if (!Array.isArray(acrLevels) || !acrLevels.every((level) => typeof level === "string" && level !== ""))
    invalid("acrLevels is not a list of names.", 'Write the lowest first, such as ["aal1", "aal2"].');
  const storeLimits = resolveLimits(options, invalid);
  const devices = resolveDevices(options.devices, invalid);
  const signals = resolveSignals(options, invalid);
  const callbackTimeLimit = durationOf("callbackTimeLimit", options.callbackTimeLimit ?? "10s", invalid);
  const extensions = resolveExtensions(options.extend ?? {}, callbackTimeLimit, invalid);
  const shapeProblems: string[] = [];
  const others = extensions.filter(({ definition }) => definition?.data).map(({ name }) => recordKey(name, ""));
  const foreign = [...others, familyEpochKey];
  const shape = createDataShape(options.data, shapeProblems, foreign);
  for (const message of shapeProblems)
    invalid(message, "Give each data key a synchronous Standard Schema with JSON output.");
  const { cookie, problems: cookieProblems } = resolveCookie(options.cookie ?? {}, options.origins, environment);
  problems.push(...cookieProblems, ...checkSecrets(options), ...tokenProblems(options.tokens, options.secrets ?? []));
  const snapshot = resolveSnapshot(options.snapshot, cookie, options.secrets ?? [], problems);
  const basePath = options.basePath ?? "/api/session";
  if (!/^(\/[\w.~-]+)+$/.test(basePath))
    invalid("basePath is not a path.", 'Write it like "/api/session", without a slash at its end.');
  const unknown = unknownKeys(options.keep, shape);
  if (unknown.length > 0) invalid(`keep names ${unknown.join(", ")}, which data does not.`, "Name keys of data.");
  if (options.identity !== undefined && typeof options.identity !== "function")
    invalid("identity is not a function.", "Pass one such as authjs(auth).");
  if (options.keep !== undefined && !isKeepRule(options.keep)) {
    invalid(
      "keep is neither a list of keys nor an object of rules.",
      'Write keep: ["cart"], or keep: { cart: (anonymous, current) => merged, theme: "keep" }.',
    );
  }
  if (problems.length > 0 || !cookie) throw configError(problems);
  warnAboutMemory(options.store, environment);
  const runtime = { ...systemRuntime, ...options.runtime };
  return Object.freeze({
    store: options.store,
    origins: options.origins,
    timeouts,
    limit,
    impersonation,
    apiKeys,
    openTokens: openTokensOf(options.tokens, options.secrets ?? []),
    bearer,
    snapshot,
    acrLevels,
    rotationGrace,
    cookie,
    shape,
    keep: options.keep ?? [],
    user: options.user,
    identity: options.identity ?? null,
    extensions,
    callbackTimeLimit,
    publicView: options.publicView,
    storeLimits,
    sweepSecret: options.sweepSecret,
    csrfTokens: options.secrets?.length ? createCsrfTokens(options.secrets, runtime) : null,
    basePath,
    devices,
    ...signals,
    onEvent: options.onEvent,
    runtime,
  });
}

/** The longest that a timer of JavaScript can wait, in milliseconds. */
const longestTimer = 2_147_483_647;

type Report = (message: string, hint: string) => void;

function checkStore(store: SessionStore | undefined, invalid: Report): void {
  const missing = (["find", "create", "update", "destroy"] as const).filter(
    (method) => typeof store?.[method] !== "function",
  );
  if (missing.length === 0) return;
  invalid(`store has no ${missing.join(", ")}.`, 'Pass a store such as memoryStore() or sqliteStore("sessions.db").');
}

function unknownKeys(keep: unknown, shape: DataShape): string[] {
  if (!isKeepRule(keep) || shape.keys === null) return [];
  const { keys } = shape;
  return keptKeys(keep).filter((key) => !keys.includes(key));
}

/** What is kept at a sign-in: of the application's data by this rule, of the extensions' by their own. */
export function keepingOf({ shape, extensions }: Policy, rule: KeepRule): readonly Keeping[] {
  return [{ rule, shape }, ...extensions.map((extension) => ({ rule: extension.keep, shape: extension.shape }))];
}

function resolveLimits(
  { storeTimeLimit = "2s", storePendingLimit = 10_000 }: PolicyOptions,
  invalid: Report,
): GuardLimits {
  const timeLimit = durationOf("storeTimeLimit", storeTimeLimit, invalid);
  if (timeLimit > longestTimer)
    invalid("storeTimeLimit is longer than 24 days.", "Timers of JavaScript would fire at once: shorten it.");
  if (!Number.isSafeInteger(storePendingLimit) || storePendingLimit < 1)
    invalid("storePendingLimit is not a whole number above 0.", "Leave it out: 10,000 is right for most applications.");
  return { timeLimit, pendingLimit: storePendingLimit };
}

function resolveBearer({ bearer = false, identity }: PolicyOptions, invalid: Report): boolean {
  if (typeof bearer !== "boolean") invalid("bearer is neither true nor false.", "Write bearer: true, or leave it out.");
  else if (bearer && identity)
    invalid(
      "bearer and identity are both set.",
      "Who is signed in elsewhere is told by cookies: leave one of them out.",
    );
  return bearer === true;
}

function checkSecrets({ secrets = [], sweepSecret }: PolicyOptions): Problem[] {
  const given = namedSecrets(secrets);
  if (sweepSecret !== undefined) given.push(["sweepSecret", sweepSecret]);
  return weakSecrets(given);
}

// On globalThis, so that several copies of this package in one process warn once.
const warned = Symbol.for("coatcheck.warned");

function warnAboutMemory(store: SessionStore, environment: string | undefined): void {
  const shared = globalThis as { [warned]?: true };
  if (shared[warned] || store.name !== "memory" || environment !== "production") return;
  shared[warned] = true;
  console.warn(
    "coatcheck: memoryStore() in production. Sessions end with this process and are unknown to every other one. " +
      'Use sqliteStore("sessions.db") on one machine, or a database on several.',
  );
}
