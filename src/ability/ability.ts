/** A policy that is a function: it answers a question at once, with true or false. */
// biome-ignore lint/suspicious/noExplicitAny: what it asks about is the policy's own affair
export type PolicyFunction = (...question: any[]) => boolean;

/** A policy that is an object, as CASL's abilities are. */
export interface PolicyObject {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  can(...question: any[]): boolean;
}

/** Whatever answers what a visitor may do. */
export type Policy = PolicyFunction | PolicyObject;

/** What a policy is asked: an action, a subject, and what else it knows. */
export type Question<Asked extends Policy> = Asked extends (...question: infer Args) => boolean
  ? Args
  : Asked extends { can(...question: infer Args): boolean }
    ? Args
    : never;

/** The rules of a visitor and their version: all that a browser needs to give the same answers. JSON. */
export interface AbilityView<Rule = unknown> {
  readonly rules: readonly Rule[];
  /** What `version` of the configuration said of them; `null` where there is no such function. */
  readonly version: string | number | null;
}

/** What a visitor may do. */
export interface Ability<Asked extends Policy, Rule = unknown> extends AbilityView<Rule> {
  /**
   * Whether the visitor may do it.
   *
   * @throws TypeError The policy answered neither true nor false, for instance with a promise.
   */
  can(...question: Question<Asked>): boolean;
  /** The opposite of `can`. */
  cannot(...question: Question<Asked>): boolean;
  /** The ability for one subject: `ability.for(lesson).can("view")`. */
  for(subject: Question<Asked>[1]): SubjectAbility<Asked>;
  /** What `create` made of the rules, for whatever else it can do. */
  readonly policy: Asked;
  /** The rules and their version. */
  toJSON(): AbilityView<Rule>;
}

/** What a visitor may do with one subject. */
export interface SubjectAbility<Asked extends Policy> {
  can(action: Question<Asked>[0], ...more: MoreOf<Question<Asked>>): boolean;
  cannot(action: Question<Asked>[0], ...more: MoreOf<Question<Asked>>): boolean;
}

type MoreOf<Args extends readonly unknown[]> = Args extends readonly [unknown?, unknown?, ...infer More] ? More : [];

/**
 * Makes an ability of rules, on either side: the server and the browser give the same answers where they use the same rules and
 * the same `create`.
 *
 * @param create Makes the policy of the rules: `rulePolicy`, `casl(createMongoAbility)`, or one of your own. It gets an array of its own.
 * @throws TypeError What it made is no policy.
 * @example
 * const ability = abilityOf(rules, rulePolicy)
 * ability.can("view", subject("Lesson", lesson))
 */
export function abilityOf<Rule, Asked extends Policy>(
  rules: readonly Rule[],
  create: (rules: Rule[]) => Asked,
  version: string | number | null = null,
): Ability<Asked, Rule> {
  const policy = create([...rules]);
  const ask = askerOf(policy);
  const can = (...question: readonly unknown[]): boolean => {
    const answer = ask(...question);
    // A promise would count as a yes.
    if (typeof answer !== "boolean") throw new TypeError("The policy answered neither true nor false.");
    return answer;
  };
  const cannot = (...question: readonly unknown[]) => !can(...question);
  return {
    can,
    cannot,
    for: (subject) => ({
      can: (action, ...more) => can(action, subject, ...more),
      cannot: (action, ...more) => cannot(action, subject, ...more),
    }),
    rules,
    version,
    policy,
    toJSON: () => ({ rules, version }),
  };
}

function askerOf(policy: Policy): (...question: readonly unknown[]) => unknown {
  if (typeof policy === "function") return policy;
  if (typeof policy?.can === "function") return (...question) => policy.can(...question);
  throw new TypeError("create made no policy: a function, or an object with can().");
}
