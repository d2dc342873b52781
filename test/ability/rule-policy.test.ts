import { createMongoAbility } from "@casl/ability";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { casl } from "../../src/ability/casl.ts";
import { type Rule, type RulePolicy, rulePolicy } from "../../src/ability/rule-policy.ts";
import { subject, typeOfSubject } from "../../src/ability/subject.ts";
import { anyQuestion, anyRules } from "./arbitrary-rules.ts";

const lesson = (fields: object) => subject("Lesson", fields);

describe("the built-in policy", () => {
  it("says no where no rule fits", () => {
    const policy = rulePolicy([{ action: "view", subject: "Lesson" }]);
    expect(policy.can("view", "Lesson")).toBe(true);
    expect(policy.can("edit", "Lesson")).toBe(false);
    expect(policy.can("view", "Invoice")).toBe(false);
    expect(rulePolicy([]).can("view", "Lesson")).toBe(false);
  });

  it("lets the last rule that fits decide", () => {
    const policy = rulePolicy([
      { action: "manage", subject: "all" },
      { action: ["edit", "delete"], subject: "Lesson", inverted: true },
      { action: "edit", subject: "Lesson", conditions: { authorId: "u1" } },
    ]);
    expect(policy.can("edit", lesson({ authorId: "u1" }))).toBe(true);
    expect(policy.can("edit", lesson({ authorId: "u2" }))).toBe(false);
    expect(policy.can("delete", lesson({ authorId: "u1" }))).toBe(false);
    expect(policy.can("view", lesson({}))).toBe(true);
  });

  it("compares with one value or with several", () => {
    const policy = rulePolicy([
      { action: "view", subject: "Lesson", conditions: { moduleId: { $in: ["m1", "m2"] }, isDraft: false } },
    ]);
    expect(policy.can("view", lesson({ moduleId: "m2", isDraft: false }))).toBe(true);
    expect(policy.can("view", lesson({ moduleId: "m3", isDraft: false }))).toBe(false);
    expect(policy.can("view", lesson({ moduleId: "m2" }))).toBe(false);
    expect(policy.can("view", lesson({ moduleId: "m2", isDraft: "false" }))).toBe(false);
  });

  it("reads no property that the object only inherits", () => {
    const policy = rulePolicy([{ action: "view", subject: "Lesson", conditions: { isFree: true } }]);
    const heir = Object.assign(Object.create({ isFree: true }), { __typename: "Lesson" });
    expect(policy.can("view", heir)).toBe(false);
  });

  it.each([
    ["no rule", [null]],
    ["no action", [{ subject: "Lesson" }]],
    ["no subject", [{ action: "view" }]],
    ["fields", [{ action: "view", subject: "Lesson", fields: ["title"] }]],
    ["conditions that are undefined", [{ action: "view", subject: "Lesson", conditions: undefined }]],
    ["conditions that are null", [{ action: "view", subject: "Lesson", conditions: null }]],
    ["a condition that is undefined", [{ action: "view", subject: "Lesson", conditions: { authorId: undefined } }]],
    ["another operator", [{ action: "view", subject: "Lesson", conditions: { age: { $gt: 3 } } }]],
    ["two operators", [{ action: "view", subject: "Lesson", conditions: { age: { $in: [1], $gt: 3 } } }]],
    ["an operator of the whole", [{ action: "view", subject: "Lesson", conditions: { $or: [] } }]],
    ["a path", [{ action: "view", subject: "Lesson", conditions: { "author.id": "u1" } }]],
    ["a text for inverted", [{ action: "view", subject: "Lesson", inverted: "false" }]],
  ])("refuses a rule that it does not understand: %s", (_, rules) => {
    expect(() => rulePolicy(rules as unknown as Rule[])).toThrow(TypeError);
  });

  it("asks for the type of an object that does not say it", () => {
    class Lesson {
      readonly isFree = true;
    }
    const policy = rulePolicy([{ action: "manage", subject: "all" }]);
    expect(() => policy.can("view", new Lesson())).toThrow(/type of the object is not known/);
    expect(typeOfSubject({ __caslSubjectType__: "Lesson", __typename: "Row" })).toBe("Lesson");
  });

  it("means what CASL means, for any rules and any question", () => {
    const bridge = casl(createMongoAbility);
    expectAgreement((rules) => rulePolicy(rules), bridge as unknown as (rules: Rule[]) => RulePolicy);
  });

  it.each([
    ["lets the first rule decide", (rules: Rule[]) => rulePolicy([...rules].reverse())],
    ["forgets conditions", (rules: Rule[]) => rulePolicy(rules.map(({ conditions: _, ...rule }) => rule))],
    ["forgets to invert", (rules: Rule[]) => rulePolicy(rules.map(({ inverted: _, ...rule }) => rule))],
  ])("Control: a policy that %s does not agree with CASL", (_, broken) => {
    const bridge = casl(createMongoAbility) as unknown as (rules: Rule[]) => RulePolicy;
    expect(() => expectAgreement(broken, bridge)).toThrow(/Property failed/);
  });
});

function expectAgreement(one: (rules: Rule[]) => RulePolicy, other: (rules: Rule[]) => RulePolicy): void {
  fc.assert(
    fc.property(anyRules, anyQuestion, (rules, [action, asked]) => {
      expect(one(rules).can(action, asked)).toBe(other(rules).can(action, asked));
    }),
    { numRuns: 2_000 },
  );
}
