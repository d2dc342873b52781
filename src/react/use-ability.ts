import { type Ability, type AbilityView, abilityOf, type Policy } from "../ability/ability.ts";
import { type Rule, type RulePolicy, rulePolicy } from "../ability/rule-policy.ts";
import type { InferSession } from "../http/create-sessions.ts";
import { useSession } from "./use-session.ts";

/** The ability that the sessions of a manager have; one of the built-in policy where no type is given. */
export type AbilityIn<Sessions> = [InferSession<Sessions>] extends [never]
  ? Ability<RulePolicy, Rule>
  : InferSession<Sessions> extends { readonly ability: infer Value }
    ? Awaited<Value>
    : never;

/** What makes the policy of an ability from its rules. */
export type CreateFor<Able> = Able extends Ability<infer Asked, infer Given> ? (rules: Given[]) => Asked : never;

/** The hook of one policy, with the types of one configuration. */
export interface AbilityHooks<Sessions> {
  readonly useAbility: () => AbilityIn<Sessions> | null | undefined;
}

/**
 * Gives `useAbility` with the policy and the types of your configuration. Pass the `create` that the server has: then the answers are
 * the same. The type alone is taken from the configuration: no server code comes along.
 *
 * @example
 * // ability-hooks.ts
 * "use client"
 * import { abilityHooks } from "coatcheck/react/ability"
 * import { create } from "./abilities" // casl(createMongoAbility)
 * import type { sessions } from "./session"
 *
 * export const { useAbility } = abilityHooks<typeof sessions>(create)
 */
export function abilityHooks<Sessions = unknown>(create: CreateFor<AbilityIn<Sessions>>): AbilityHooks<Sessions> {
  const abilities = createAbilities(create as (rules: unknown[]) => Policy);
  return { useAbility: () => useAbilityOf(abilities) as AbilityIn<Sessions> | null | undefined };
}

/**
 * What the visitor may do, as the server's rules say: with `abilityHooks`' other policy, or with the built-in one. The object is the
 * same, in every component, as long as the rules and their version are.
 *
 * It hides what would be refused; it protects nothing. What is done on the server is decided by `session.ability` there.
 *
 * @returns `null` where nobody is signed in, since the server shows nothing of their session; `undefined` as long as nothing is known,
 *   and where the server showed no rules.
 * @example
 * const ability = useAbility<typeof sessions>()
 * return ability?.can("edit", subject("Lesson", lesson)) ? <EditButton /> : null
 */
export function useAbility<Sessions = unknown>(): AbilityIn<Sessions> | null | undefined {
  return useAbilityOf(ruleAbilities) as AbilityIn<Sessions> | null | undefined;
}

type Abilities = (view: AbilityView) => Ability<Policy>;

const ruleAbilities = createAbilities(rulePolicy as unknown as (rules: unknown[]) => Policy);

function useAbilityOf(abilities: Abilities): Ability<Policy> | null | undefined {
  const { data } = useSession();
  const { ability } = (data ?? {}) as { readonly ability?: AbilityView };
  return data && (Array.isArray(ability?.rules) ? abilities(ability) : undefined);
}

/** Makes the abilities of one policy: one for each view, and the same again where the next view says the same. */
function createAbilities(create: (rules: unknown[]) => Policy): Abilities {
  const made = new WeakMap<AbilityView, Ability<Policy>>();
  let last: { readonly text: string; readonly ability: Ability<Policy> } | undefined;
  return (view) => {
    const known = made.get(view);
    if (known) return known;
    const text = JSON.stringify([view.rules, view.version]);
    if (last?.text !== text) last = { text, ability: abilityOf(view.rules, create, view.version) };
    made.set(view, last.ability);
    return last.ability;
  };
}
