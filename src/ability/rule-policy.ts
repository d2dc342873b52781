import { typeOfSubject } from "./subject.ts";

/** A value that a condition compares with. */
type Plain = string | number | boolean;

/**
 * What visitors may do, or may not: one entry of an array that is JSON. Of the rules that fit a question the last one decides, and
 * where none fits the answer is no. They are a part of CASL's rules, and mean the same.
 */
export interface Rule<Action extends string = string, Type extends string = string> {
  /** The action, or several; `"manage"` is every action. */
  readonly action: Action | "manage" | readonly (Action | "manage")[];
  /** The type of the subject, or several; `"all"` is every type. */
  readonly subject: Type | "all" | readonly (Type | "all")[];
  /** What the subject's properties must be: a value, or one of those in `$in`; `null` is also what is not there (default: anything). */
  readonly conditions?: Readonly<Record<string, Plain | null | { readonly $in: readonly Plain[] }>>;
  /** Whether the rule forbids (default `false`: it allows). */
  readonly inverted?: boolean;
  /** Why, for whoever reads the rules. */
  readonly reason?: string;
}

/** The policy that is built in. */
export interface RulePolicy<Action extends string = string, Type extends string = string> {
  /**
   * Whether the rules allow an action on a subject: an object that says its type (see `subject`), or a type, which asks whether
   * there is any subject of that type that it is allowed on.
   */
  can(action: Action, subject: Type | (object & { readonly __typename?: Type })): boolean;
}

/**
 * The built-in policy: enough for roles, owners and lists of ids. CASL has more kinds of conditions, fields and queries: take
 * `casl(createMongoAbility)` where you need them. What only CASL understands is refused here, never overlooked.
 *
 * @throws TypeError A rule that it does not understand, at once and not at the question.
 * @example
 * ability({ create: rulePolicy<"view" | "edit", "Lesson">, rules: (session) => rulesOf(session.user) })
 */
export function rulePolicy<Action extends string = string, Type extends string = string>(
  rules: readonly Rule<NoInfer<Action>, NoInfer<Type>>[],
): RulePolicy<Action, Type> {
  rules.forEach(checkRule);
  const lastFirst = [...rules].reverse();
  return {
    can(action, asked) {
      const object = typeof asked === "string" ? null : asked;
      const type = object === null ? (asked as string) : typeOfSubject(object);
      const decisive = lastFirst.find(
        (rule) =>
          names(rule.action, action, "manage") && names(rule.subject, type, "all") && meetsConditions(rule, object),
      );
      return decisive !== undefined && !decisive.inverted;
    },
  };
}

function names(given: string | readonly string[], asked: string, any: string): boolean {
  const list = typeof given === "string" ? [given] : given;
  return list.includes(asked) || list.includes(any);
}

/** Asked of a type, a rule with conditions may allow something of it, and forbids only a part. */
function meetsConditions({ conditions, inverted }: Rule, object: object | null): boolean {
  const entries = Object.entries(conditions ?? {});
  if (object === null) return entries.length === 0 || !inverted;
  return entries.every(([key, wanted]) => {
    const value: unknown = Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
    const values: readonly unknown[] = Array.isArray(value) ? value : [value ?? null];
    const isWanted = (one: unknown) => (isList(wanted) ? wanted.$in.includes(one as Plain) : one === wanted);
    return values.some(isWanted);
  });
}

const parts = new Set(["action", "subject", "conditions", "inverted", "reason"]);

function checkRule(rule: unknown, index: number): void {
  const given = (typeof rule === "object" && rule !== null ? rule : {}) as Readonly<Record<string, unknown>>;
  const { action, subject, conditions = {}, inverted = false } = given;
  const problem =
    // A condition that is there but undefined would otherwise count as none, and allow everything.
    Object.keys(given).find((key) => !parts.has(key) || given[key] === undefined) ??
    (isText(action) ? undefined : "action") ??
    (isText(subject) ? undefined : "subject") ??
    (typeof inverted === "boolean" ? undefined : "inverted") ??
    (isConditions(conditions) ? undefined : "conditions");
  if (problem !== undefined) throw new TypeError(`rulePolicy does not understand rules[${index}].${problem}.`);
}

function isText(given: unknown): boolean {
  return Array.isArray(given) ? given.every((one) => typeof one === "string") : typeof given === "string";
}

function isConditions(given: unknown): boolean {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  return Object.entries(given).every(
    ([key, wanted]) =>
      !/^\$|\./.test(key) && (wanted === null || isPlain(wanted) || (isList(wanted) && wanted.$in.every(isPlain))),
  );
}

function isPlain(value: unknown): value is Plain {
  return ["string", "number", "boolean"].includes(typeof value);
}

function isList(wanted: unknown): wanted is { readonly $in: readonly Plain[] } {
  if (typeof wanted !== "object" || wanted === null) return false;
  return Object.keys(wanted).join() === "$in" && Array.isArray((wanted as { readonly $in: unknown }).$in);
}
