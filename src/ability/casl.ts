import type { PolicyObject } from "./ability.ts";
import { typeOfSubject } from "./subject.ts";

/** What an ability of CASL has that we use. */
export interface CaslAbility extends PolicyObject {
  // biome-ignore lint/suspicious/noExplicitAny: the rules are as the application's ability type says
  readonly rules: any[];
}

/** What the bridge to CASL may be told. */
export interface CaslOptions {
  /**
   * The type of a subject that is an object (default: its `__typename`, or what CASL's own `subject` has written on it). CASL itself
   * would take the name of its class, which JSON and bundlers lose: then the browser's answers would not be the server's.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what the subjects are is the application's affair
  readonly detectSubjectType?: (object: any) => string;
}

/**
 * The bridge to CASL: makes its abilities of the session's rules, on the server and in the browser. It imports nothing: your
 * application passes `createMongoAbility`, of the version that it has.
 *
 * @param createMongoAbility As `@casl/ability` exports it; tested with version 7.
 * @example
 * // abilities.ts, for both sides
 * import { createMongoAbility, type MongoAbility } from "@casl/ability"
 *
 * export const create = casl<MongoAbility<["view" | "edit", "Lesson" | Lesson]>>(createMongoAbility)
 */
export function casl<Made extends CaslAbility>(
  // biome-ignore lint/suspicious/noExplicitAny: the signature of CASL, by structure
  createMongoAbility: (rules?: any[], options?: any) => Made,
  options: CaslOptions = {},
): (rules: Made["rules"]) => Made {
  const { detectSubjectType = typeOfSubject } = options;
  return (rules) => createMongoAbility(rules, { detectSubjectType });
}
