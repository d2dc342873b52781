import { type Duration, toMilliseconds } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { isObject, ownSchema } from "../parts/own-schema.ts";

/** Which value counts when a parameter comes again: the one of the first visit, or the one of the last. */
export type TouchPolicy = "first" | "last";

/** Which parameters are noted. */
export interface AttributionOptions {
  /** The names of the parameters, each with its policy. Every other parameter is ignored. At most 30. */
  readonly parameters: Readonly<Record<string, TouchPolicy>>;
  /** How long a value may be; a longer one is ignored, not cut (default 200 characters). At most 500. */
  readonly maxLength?: number;
  /** How long a value counts (default: for as long as the session). */
  readonly lasts?: Duration;
}

/** Where a visitor came from: the values that were noted, by the names of their parameters. */
export type Attribution = Readonly<Record<string, string>>;

/** A noted value, and when it was. */
export type Touches = readonly (readonly [name: string, value: string, at: number])[];

/** The rules, checked. */
export interface AttributionRules {
  readonly policies: ReadonlyMap<string, TouchPolicy>;
  readonly maxLength: number;
  readonly lastsMs: number;
}

/** The schema of what the session keeps. */
export const touchesSchema = ownSchema<Touches, Touches | undefined>((value = []) => {
  return Array.isArray(value) && value.every(isTouch) ? value : undefined;
});

const [mostParameters, longest] = [30, 500];

/** Checks the options. @throws {@link SessionConfigError} `CONFIG_INVALID`. */
export function readRules(options: AttributionOptions | undefined): AttributionRules {
  const { parameters = {}, maxLength = 200, lasts } = options ?? {};
  const policies = new Map(Object.entries(parameters));
  const isSound = [...policies].every(([name, policy]) => name !== "" && (policy === "first" || policy === "last"));
  if (!isSound || policies.size > mostParameters)
    throw invalid(`attribution.parameters are at most ${mostParameters} names, each "first" or "last".`);
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > longest)
    throw invalid(`attribution.maxLength is a whole number from 1 to ${longest}.`);
  const lastsMs = lasts === undefined ? Number.POSITIVE_INFINITY : toMilliseconds(lasts, "attribution.lasts");
  return { policies, maxLength, lastsMs };
}

function invalid(what: string): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", `The extension visitor: ${what}`);
}

/** What arrives of a request: an address, its parameters, or the fields of a body. */
export type Arriving = URL | URLSearchParams | Readonly<Record<string, unknown>>;

/** The parameters that are noted, of those that arrive. Whatever is not an acceptable text is as if it were not there. */
export function acceptable(arriving: Arriving, { policies, maxLength }: AttributionRules): ReadonlyMap<string, string> {
  const parameters = arriving instanceof URL ? arriving.searchParams : arriving;
  const found = new Map<string, string>();
  for (const name of policies.keys()) {
    const value = parameters instanceof URLSearchParams ? parameters.get(name) : ownOf(parameters, name);
    if (typeof value !== "string") continue;
    const text = value.trim();
    if (text !== "" && text.length <= maxLength && isPlain(text)) found.set(name, text);
  }
  return found;
}

/** Adds what has arrived to what was noted, by the policy of each parameter. The same list where nothing changes. */
export function touched(
  touches: Touches,
  arrived: ReadonlyMap<string, string>,
  rules: AttributionRules,
  now: number,
): Touches {
  const current = inForce(touches, rules, now);
  const known = new Map(current.map(([name, value]) => [name, value]));
  const news = [...arrived].filter(([name, value]) => {
    return rules.policies.get(name) === "last" ? known.get(name) !== value : !known.has(name);
  });
  if (news.length === 0) return touches;
  const names = new Set(news.map(([name]) => name));
  const added = news.map(([name, value]) => [name, value, now] as const);
  return [...current.filter(([name]) => !names.has(name)), ...added];
}

/** What counts of what was noted: parameters that are asked for still, and not too long ago. */
export function inForce(touches: Touches, { policies, lastsMs }: AttributionRules, now: number): Touches {
  return touches.filter(([name, , at]) => policies.has(name) && now - at < lastsMs);
}

/** The values by name. */
export function attributionOf(touches: Touches): Attribution {
  return Object.fromEntries(touches.map(([name, value]) => [name, value]));
}

function ownOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return isObject(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

// Control characters and what is no text in any encoding: nothing that a link has a reason to say.
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Cn}\u2028\u2029]/u.test(text);
}

function isTouch(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === "string" &&
    typeof value[1] === "string" &&
    Number.isSafeInteger(value[2])
  );
}
