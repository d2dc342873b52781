import fc from "fast-check";
import type { Rule } from "../../src/ability/rule-policy.ts";

const actions = ["view", "edit", "delete"];
const types = ["Lesson", "Invoice", "User"];
const keys = ["id", "authorId", "isFree", "tags"];

// Few values, so that conditions and subjects meet often.
const plain = fc.constantFrom<string | number | boolean | null>("a", "b", 1, 0, true, false, null);
const listed = plain.filter((value) => value !== null);
const oneOrSome = <Value>(values: readonly [Value, ...Value[]]) =>
  fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }));

const conditions = fc.dictionary(
  fc.constantFrom(...keys),
  fc.oneof(
    plain,
    fc.array(listed, { maxLength: 3 }).map(($in) => ({ $in })),
  ),
  { maxKeys: 2, noNullPrototype: true },
);

/** Rules that the built-in policy and CASL understand. */
export const anyRules: fc.Arbitrary<Rule[]> = fc.array(
  fc.record(
    {
      action: oneOrSome<string>(["manage", "view", "edit", "delete"]),
      subject: oneOrSome<string>(["all", "Lesson", "Invoice", "User"]),
      conditions,
      inverted: fc.boolean(),
      reason: fc.string(),
    },
    { requiredKeys: ["action", "subject"], noNullPrototype: true },
  ) as fc.Arbitrary<Rule>,
  { maxLength: 6 },
);

const anyObject = fc
  .tuple(
    fc.constantFrom(...types),
    fc.dictionary(fc.constantFrom(...keys), fc.oneof(plain, fc.array(plain, { maxLength: 2 })), {
      noNullPrototype: true,
    }),
  )
  .map(([__typename, fields]) => ({ ...fields, __typename }));

/** An action, and a type or an object of a type. */
export const anyQuestion = fc.tuple(
  fc.constantFrom(...actions),
  fc.oneof(fc.constantFrom(...types), anyObject),
) as fc.Arbitrary<[action: string, asked: string]>;
