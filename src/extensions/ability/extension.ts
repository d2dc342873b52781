import { type Ability, type AbilityView, abilityOf, type Policy } from "../../ability/ability.ts";
import { type Rule, type RulePolicy, rulePolicy } from "../../ability/rule-policy.ts";
import type { ExtensionContext } from "../../core/extensions.ts";
import type { AnySession } from "../../core/session.ts";
import type { Duration } from "../../duration.ts";
import type { SessionError } from "../../errors.ts";
import {
  type AnyDefinedExtension,
  type DefinedExtension,
  defineExtension,
  type NeededValues,
} from "../../http/define-extension.ts";
import type { Maybe } from "../../maybe.ts";
import { jsonRules } from "./json-rules.ts";
import { createRulesCache } from "./rules-cache.ts";

/** The session that the rules are made for, with the extensions that they need. */
export type RulesSession<Needs extends readonly AnyDefinedExtension[]> = AnySession & NeededValues<Needs>;

/** How abilities come about. Only `rules` is required. */
export interface AbilityOptions<
  Given,
  Asked extends Policy,
  Needs extends readonly AnyDefinedExtension[] = readonly AnyDefinedExtension[],
> {
  /** Extensions that the rules read, such as `organisation`: their values are on the session. */
  readonly needs?: Needs;
  /**
   * The rules of this visitor, also of one who is not signed in: JSON, since the browser gets the same. It runs once per request, and
   * not at all where `version` says that nothing has changed.
   */
  rules(session: RulesSession<Needs>, context: ExtensionContext): Maybe<readonly NoInfer<Given>[]>;
  /**
   * A version that changes whenever anything changes that the rules read, beside the session itself: roles, memberships,
   * entitlements, a header. It never comes back to an earlier value: a counter or an instant, read together with what it counts.
   * It is asked in each request that asks for the ability; make it cheap, for instance a column of the user. `null` is "not known":
   * the rules are made anew. Without this function they are made anew in each request.
   */
  version?(session: RulesSession<Needs>, context: ExtensionContext): Maybe<string | number | null>;
  /** Makes the policy of the rules (default: `rulePolicy`): `casl(createMongoAbility)`, or one of your own. */
  readonly create?: (rules: Given[]) => Asked;
  /**
   * The rules to go by where `rules` or `version` failed. `() => []` denies everything. Without it, whoever asks for the ability gets the
   * failure, `EXTENSION_FAILED`: a page does not show a member "you may not" because a database was away.
   */
  fallback?(error: SessionError): readonly NoInfer<Given>[];
  /** How long the rules may take (default: `callbackTimeLimit` of the configuration). */
  readonly timeLimit?: Duration;
  /** For how many sessions rules are kept in this process, where there is a `version` (default 1,000). */
  readonly cacheSize?: number;
}

/**
 * The extension `ability`: what the visitor may do, by rules that you make and a policy that you choose. The rules reach the
 * browser, where `useAbility` of `coatcheck/react/ability` gives the same answers.
 *
 * Rules are made once per request. With `version` they are kept beyond it, for the same user in the same session, until the version or
 * anything in the session changes; the next request sees the change. Rules of visitors who are not signed in are never kept.
 *
 * @example
 * export const abilities = ability({
 *   rules: (session: { userId: string | null; user: User | null }) => [
 *     { action: "view", subject: "Lesson", conditions: { isFree: true } },
 *     ...(session.user?.role === "admin" ? [{ action: "manage", subject: "all" }] : []),
 *   ],
 * })
 * // session.ts
 * nextSessions({ store, user, extend: { ability: abilities } })
 * // a page
 * if ((await session.ability).cannot("view", subject("Lesson", lesson))) notFound()
 */
export function ability<
  Given = Rule,
  Asked extends Policy = RulePolicy,
  const Needs extends readonly AnyDefinedExtension[] = [],
>(
  options: AbilityOptions<Given, Asked, Needs>,
): DefinedExtension<"ability", Promise<Ability<Asked, Given>>, AbilityView<Given>> {
  const { needs, create = rulePolicy as unknown as (rules: Given[]) => Asked, fallback, timeLimit } = options;
  const rulesOf = createRulesReader(options);
  return defineExtension({
    name: "ability",
    ...(needs && { needs }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(fallback && { fallback: (error: SessionError) => abilityOf(jsonRules(fallback(error)), create) }),
    async resolve(session, context) {
      const { rules, version } = await rulesOf(session as RulesSession<Needs>, context);
      return abilityOf(rules, create, version);
    },
    publicView: (value) => value.toJSON(),
  }) as never;
}

type Reader<Given, Needs extends readonly AnyDefinedExtension[]> = (
  session: RulesSession<Needs>,
  context: ExtensionContext,
) => Promise<AbilityView<Given>>;

function createRulesReader<Given, Asked extends Policy, Needs extends readonly AnyDefinedExtension[]>(
  options: AbilityOptions<Given, Asked, Needs>,
): Reader<Given, Needs> {
  const cache = createRulesCache<Given>(options.cacheSize ?? 1_000);
  return async (session, context) => {
    // Asked first: should the rules change meanwhile, newer ones are kept under the older version, and the next request makes them anew.
    const version = checkVersion((await options.version?.(session, context)) ?? null);
    const key = version === null ? null : keyOf(session, version);
    const known = key === null ? null : cache.find(key);
    if (known !== null) return { rules: known, version };
    const rules = jsonRules(await options.rules(session, context));
    if (key !== null) cache.keep(key, rules);
    return { rules, version };
  };
}

/** Whose rules they are. The session and its own version are part of it: its data and whoever acts in it may decide, too. */
function keyOf({ userId, actor, id, version: changes }: AnySession, version: string | number): string | null {
  return userId === null ? null : JSON.stringify([userId, actor?.userId ?? null, id, changes, version]);
}

function checkVersion(version: string | number | null): string | number | null {
  if (version === null || typeof version === "string" || Number.isFinite(version)) return version;
  throw new TypeError("version answered neither a text nor a finite number.");
}
