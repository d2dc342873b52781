import { type Duration, parseDuration } from "../duration.ts";
import { SessionConfigError } from "../errors.ts";
import { synchronous } from "./inputs.ts";

/** The two deadlines of a session, as lengths of time. */
export interface TimeoutPair {
  /** The session ends after this long without a request (default `"7d"`). */
  readonly idle?: Duration;
  /** The session ends this long after it began or was signed in, whatever happens (default `"30d"`). */
  readonly absolute?: Duration;
}

/** How long a session lives. Both are enforced by the server's clock, whatever the cookie says. */
export interface Timeouts extends TimeoutPair {
  /**
   * The same for sessions that are not `persistent`: "remember me" was left unticked (default: idle at most `"24h"`, absolute at
   * most `"7d"`). The cookie ends with the browser, but browsers that restore their windows keep it, so the server must end it too.
   */
  readonly transient?: TimeoutPair;
}

/**
 * Timeouts named after the assurance levels of NIST SP 800-63B-4: `"aal1"` 30 days, `"aal2"` 24 hours with 1 hour idle, `"aal3"`
 * 12 hours with 15 minutes idle.
 *
 * @see {@link https://pages.nist.gov/800-63-4/sp800-63b.html NIST SP 800-63B-4, section 2: reauthentication}
 */
export type TimeoutsPreset = "aal1" | "aal2" | "aal3";

/** What a timeouts function may go by. */
// biome-ignore lint/suspicious/noExplicitAny: what a user and the data are, the application's types know
export interface TimeoutsContext<User = any, Data = any> {
  /** Who is being signed in, or `null` for an anonymous session. */
  readonly userId: string | null;
  /** What the `user` function of the configuration finds, or `null`. */
  readonly user: User | null;
  /** The data that the session begins with. */
  readonly data: Data;
  readonly persistent: boolean;
}

/** Chooses the timeouts of a session when it begins and when somebody signs in to it. Synchronous; `undefined`: the defaults. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type TimeoutsFunction<User = any, Data = any> = (
  context: TimeoutsContext<User, Data>,
) => Timeouts | TimeoutsPreset | undefined;

/** Two deadlines in milliseconds. */
export interface Span {
  readonly idle: number;
  readonly absolute: number;
}

/** The timeouts of a configuration: the same for all, or by a function. */
export interface TimeoutsPolicy {
  /** What holds where the function says nothing, or where there is none. */
  readonly fixed: Spans;
  readonly rule: TimeoutsFunction | null;
}

/** The deadlines of sessions that outlive the browser, and of those that do not. */
export interface Spans {
  readonly persistent: Span;
  readonly transient: Span;
}

const presets: Readonly<Record<TimeoutsPreset, TimeoutPair>> = {
  aal1: { idle: "30d", absolute: "30d" },
  aal2: { idle: "1h", absolute: "24h" },
  aal3: { idle: "15m", absolute: "12h" },
};

const defaults = { idle: "7d", absolute: "30d" } as const;
const transientLimits: Span = { idle: 86_400_000, absolute: 7 * 86_400_000 };

type Report = (message: string, hint: string) => void;

/** Resolves the `timeouts` option, and reports what is wrong with it. */
export function resolveTimeouts(
  option: Timeouts | TimeoutsPreset | TimeoutsFunction | undefined,
  invalid: Report,
): TimeoutsPolicy {
  if (typeof option === "function") return { fixed: spansOf(undefined, invalid), rule: option };
  return { fixed: spansOf(option, invalid), rule: null };
}

/** The deadlines that a function chooses for one session. */
export function chooseSpan(rule: TimeoutsFunction, fixed: Spans, context: TimeoutsContext): Span {
  const chosen = synchronous("timeouts", rule(context));
  const spans = chosen === undefined ? fixed : spansOf(chosen, refuse);
  return context.persistent ? spans.persistent : spans.transient;
}

function spansOf(option: Timeouts | TimeoutsPreset | undefined, invalid: Report): Spans {
  const timeouts = typeof option === "string" ? presetOf(option, invalid) : (option ?? {});
  const persistent = spanOf("timeouts", timeouts, defaults, invalid);
  const shorter = {
    idle: Math.min(persistent.idle, transientLimits.idle),
    absolute: Math.min(persistent.absolute, transientLimits.absolute),
  };
  return { persistent, transient: spanOf("timeouts.transient", timeouts.transient ?? {}, shorter, invalid) };
}

function presetOf(name: string, invalid: Report): Timeouts {
  if (Object.hasOwn(presets, name)) return presets[name as TimeoutsPreset];
  invalid("timeouts names no preset.", 'Write "aal1", "aal2" or "aal3", or { idle, absolute }.');
  return {};
}

function spanOf(name: string, pair: TimeoutPair, otherwise: Required<TimeoutPair>, invalid: Report): Span {
  const idle = durationOf(`${name}.idle`, pair.idle ?? otherwise.idle, invalid);
  const absolute = durationOf(`${name}.absolute`, pair.absolute ?? otherwise.absolute, invalid);
  if (idle <= absolute) return { idle, absolute };
  // Only one of the two was given, and it crosses the default of the other.
  if (pair.idle === undefined) return { idle: absolute, absolute };
  invalid(`${name}.idle is longer than ${name}.absolute.`, "The idle timeout could never be reached: shorten it.");
  return { idle: absolute, absolute };
}

/** Reads a duration of the configuration, and reports one that is none. */
export function durationOf(name: string, duration: Duration, invalid: Report, least = 1): number {
  const time = parseDuration(duration);
  if (time !== null && time >= least) return time;
  invalid(
    `${name} is not a duration.`,
    'Give milliseconds as a number, or a number with a unit such as "30m", "12h" or "7d".',
  );
  return 1;
}

function refuse(message: string, hint: string): never {
  throw new SessionConfigError("CONFIG_INVALID", `The timeouts function gave something wrong: ${message}`, { hint });
}
