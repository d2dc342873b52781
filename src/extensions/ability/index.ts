export {
  type Ability,
  type AbilityView,
  abilityOf,
  type Policy,
  type PolicyFunction,
  type PolicyObject,
  type Question,
  type SubjectAbility,
} from "../../ability/ability.ts";
export { type CaslAbility, type CaslOptions, casl } from "../../ability/casl.ts";
export { type Rule, type RulePolicy, rulePolicy } from "../../ability/rule-policy.ts";
export { subject } from "../../ability/subject.ts";
export { type AbilityOptions, ability, type RulesSession } from "./extension.ts";
