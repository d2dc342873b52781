import { utf8Length } from "../bytes.ts";
import type { CookieOptions, CookiePolicy } from "../cookie/policy.ts";
import { resolveCookie } from "../cookie/policy.ts";
import type { Problem } from "../cookie/rules.ts";
import { type Duration, parseDuration } from "../duration.ts";
import { SessionConfigError } from "../errors.ts";
import type { Maybe } from "../maybe.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import { type CsrfTokens, createCsrfTokens } from "./csrf-token.ts";
import { createDataShape, type DataSchemas, type DataShape } from "./data-shape.ts";
import type { EventListener } from "./events.ts";
import type { Extensions } from "./extensions.ts";
import type { GuardLimits } from "./guard.ts";
import { isKeepRule, type KeepRule } from "./keep.ts";
import type { Timing } from "./lifecycle.ts";
import type { AnySession } from "./session.ts";

/** How long a session lives. Both are enforced by the server's clock, whatever the cookie says. */
export interface Timeouts {
  /** The session ends after this long without a request (default `"7d"`). */
  readonly idle?: Duration;
  /** The session ends this long after it began or was signed in, whatever happens (default `"30d"`). */
  readonly absolute?: Duration;
}

/** Everything that the engine can be told. Only `store` is required. */
export interface PolicyOptions {
  readonly store: SessionStore;
  readonly origins?: readonly string[];
  readonly timeouts?: Timeouts;
  readonly cookie?: CookieOptions;
  readonly data?: DataSchemas;
  readonly keep?: KeepRule;
  readonly user?: (userId: string) => Maybe<unknown>;
  readonly extend?: Extensions;
  readonly publicView?: (session: AnySession) => unknown;
  readonly rotationGrace?: Duration;
  /** How long one call of the store may take (default `"2s"`); after it the request fails with `STORE_UNAVAILABLE`. */
  readonly storeTimeLimit?: Duration;
  /**
   * How many calls of the store may be under way at once in this process (default 10,000). While the store hangs, one more
   * fails at once with `STORE_UNAVAILABLE`, so that waiting requests do not fill the memory.
   */
  readonly storePendingLimit?: number;
  /**
   * Opens `GET` and `POST {basePath}/sweep` to a scheduler that sends `Authorization: Bearer <sweepSecret>` (at least 32
   * bytes; default: the action does not exist).
   */
  readonly sweepSecret?: string | undefined;
  readonly basePath?: string;
  readonly secrets?: readonly string[];
  readonly onEvent?: EventListener;
  readonly runtime?: Partial<Runtime>;
}

/** The resolved, frozen configuration. */
export interface Policy {
  readonly store: SessionStore;
  readonly origins: readonly string[] | undefined;
  readonly timing: Timing;
  readonly cookie: CookiePolicy;
  readonly shape: DataShape;
  readonly keep: KeepRule;
  readonly user: ((userId: string) => Maybe<unknown>) | undefined;
  readonly extend: Extensions;
  readonly publicView: ((session: AnySession) => unknown) | undefined;
  readonly storeLimits: GuardLimits;
  readonly sweepSecret: string | undefined;
  /** Makes and verifies synchronizer tokens; `null` where there are no secrets. */
  readonly csrfTokens: CsrfTokens | null;
  readonly basePath: string;
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
  const timing = resolveTiming(options, invalid);
  const storeLimits = resolveLimits(options, invalid);
  const shapeProblems: string[] = [];
  const shape = createDataShape(options.data, shapeProblems);
  for (const message of shapeProblems)
    invalid(message, "Give each data key a synchronous Standard Schema with JSON output.");
  const { cookie, problems: cookieProblems } = resolveCookie(options.cookie ?? {}, options.origins, environment);
  problems.push(...cookieProblems, ...checkSecrets(options));
  const basePath = options.basePath ?? "/api/session";
  if (!/^(\/[\w.~-]+)+$/.test(basePath))
    invalid("basePath is not a path.", 'Write it like "/api/session", without a slash at its end.');
  const unknown = unknownKeys(options.keep, shape);
  if (unknown.length > 0) invalid(`keep names ${unknown.join(", ")}, which data does not.`, "Name keys of data.");
  if (options.keep !== undefined && !isKeepRule(options.keep)) {
    invalid(
      "keep is neither a list of keys nor an object of functions.",
      'Write keep: ["cart"] or keep: { cart: (anonymous, current) => merged }.',
    );
  }
  if (problems.length > 0 || !cookie) throw configError(problems);
  warnAboutMemory(options.store, environment);
  const runtime = { ...systemRuntime, ...options.runtime };
  return Object.freeze({
    store: options.store,
    origins: options.origins,
    timing,
    cookie,
    shape,
    keep: options.keep ?? [],
    user: options.user,
    extend: options.extend ?? {},
    publicView: options.publicView,
    storeLimits,
    sweepSecret: options.sweepSecret,
    csrfTokens: options.secrets?.length ? createCsrfTokens(options.secrets, runtime) : null,
    basePath,
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
  return (Array.isArray(keep) ? keep : Object.keys(keep)).filter((key) => !keys.includes(key));
}

function resolveTiming(options: PolicyOptions, invalid: Report): Timing {
  const idle = durationOf("timeouts.idle", options.timeouts?.idle ?? "7d", invalid);
  const absolute = durationOf("timeouts.absolute", options.timeouts?.absolute ?? "30d", invalid);
  const grace = durationOf("rotationGrace", options.rotationGrace ?? "10s", invalid, 0);
  if (idle > absolute)
    invalid("timeouts.idle is longer than timeouts.absolute.", "The idle timeout could never be reached: shorten it.");
  return { idle, absolute, grace };
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

function durationOf(name: string, duration: Duration, invalid: Report, least = 1): number {
  const time = parseDuration(duration);
  if (time !== null && time >= least) return time;
  invalid(
    `${name} is not a duration.`,
    'Give milliseconds as a number, or a number with a unit such as "30m", "12h" or "7d".',
  );
  return 1;
}

function checkSecrets({ secrets = [], sweepSecret }: PolicyOptions): Problem[] {
  const given: [name: string, secret: unknown][] = secrets.map((secret, index) => [`secrets[${index}]`, secret]);
  if (sweepSecret !== undefined) given.push(["sweepSecret", sweepSecret]);
  return given
    .map(([name, secret]) => ({ name, bytes: typeof secret === "string" ? utf8Length(secret) : 0 }))
    .filter(({ bytes }) => bytes < 32)
    .map(({ name, bytes }) => ({
      code: "CONFIG_SECRET_WEAK",
      message: `${name} has ${bytes} bytes, at least 32 are needed.`,
      hint: 'Make one with "openssl rand -base64 32".',
    }));
}

function configError(problems: readonly Problem[]): SessionConfigError {
  const codes = new Set(problems.map((problem) => problem.code));
  const code = codes.size === 1 ? (problems[0] as Problem).code : "CONFIG_INVALID";
  if (problems.length === 1)
    return new SessionConfigError(code, (problems[0] as Problem).message, { hint: (problems[0] as Problem).hint });
  const lines = problems.map((problem) => `\n- ${problem.message} ${problem.hint}`);
  return new SessionConfigError(code, `The configuration has ${problems.length} problems:${lines.join("")}`);
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
