// What the types of abilities and organisations infer, and what they refuse. Checked by `npm run check`; never run.
import { createMongoAbility, type MongoAbility, type RawRuleOf } from "@casl/ability";
import {
  type Ability,
  ability,
  casl,
  type Rule,
  type RulePolicy,
  rulePolicy,
  subject,
} from "../../src/extensions/ability/index.ts";
import { type Membership, type Organisation, organisation } from "../../src/extensions/organisation/index.ts";
import { createSessions, type InferActions, type InferSession, type InferView, memoryStore } from "../../src/index.ts";
import { abilityHooks, type useAbility } from "../../src/react/ability.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

interface User {
  readonly id: string;
  readonly role: "admin" | "member";
}
interface Lesson {
  readonly __typename: "Lesson";
  readonly authorId: string;
}
declare function findUser(id: string): Promise<User | null>;

interface Team extends Membership {
  readonly name: string;
}
declare function teamsOf(userId: string): Promise<readonly Team[]>;
declare const lesson: Lesson;

const organisations = organisation({
  memberships: (userId) => teamsOf(userId),
  initial: (teams) => teams.find(({ name }) => name === "main")?.id ?? null,
  show: ({ id, name }) => ({ id, name }),
});

// The built-in policy.
const plain = ability({
  needs: [organisations],
  async rules(session) {
    is<Equal<typeof session.userId, string | null>>();
    const { current } = await session.organisation;
    is<Equal<typeof current, Team | null>>();
    return current ? [{ action: "view", subject: "Lesson", conditions: { teamId: current.id } }] : [];
  },
  version: (session) => session.user?.version ?? null,
});
const sessions = createSessions({
  store: memoryStore(),
  user: (userId) => findUser(userId),
  extend: { organisation: organisations, ability: plain },
});

export async function inferred(session: InferSession<typeof sessions>): Promise<void> {
  const able = await session.ability;
  is<Equal<typeof able, Ability<RulePolicy, Rule>>>();
  is<Equal<ReturnType<typeof able.can>, boolean>>();
  able.can("view", subject("Lesson", { teamId: "t1" }));
  able.for("Lesson").can("view");
  const organised = await session.organisation;
  is<Equal<typeof organised, Organisation<Team>>>();
  const isSwitched = await organised.switch("o1");
  is<Equal<typeof isSwitched, boolean>>();

  type View = InferView<typeof sessions>;
  is<Equal<NonNullable<View["ability"]>["rules"], readonly Rule[]>>();
  is<Equal<NonNullable<View["organisation"]>["current"], { id: string; name: string } | null>>();
  type Switch = InferActions<typeof sessions>["switch-organisation"];
  is<Equal<Switch["input"], { readonly id: string | null }>>();
  is<Equal<Switch["output"]["memberships"], readonly { id: string; name: string }[]>>();
}

// Words of one's own for the built-in policy.
const strict = ability({
  create: rulePolicy<"view" | "edit", "Lesson" | "Invoice">,
  rules: (session): Rule<"view", "Lesson">[] => (session.userId ? [{ action: "view", subject: "Lesson" }] : []),
});
const strictSessions = createSessions({ store: memoryStore(), extend: { ability: strict } });

// CASL, with a session whose user is known.
type AppAbility = MongoAbility<["view" | "edit" | "manage", "Lesson" | "all" | Lesson]>;
const create = casl<AppAbility>(createMongoAbility);
const bridged = ability({
  create,
  rules(session: { readonly userId: string | null; readonly user: User | null }): RawRuleOf<AppAbility>[] {
    return session.user?.role === "admin" ? [{ action: "manage", subject: "all" }] : [];
  },
});
const caslSessions = createSessions({
  store: memoryStore(),
  user: (userId) => findUser(userId),
  extend: { ability: bridged },
});
const bare = ability({ create: createMongoAbility, rules: () => [{ action: "view", subject: "Lesson" }] });
export const bareSessions = createSessions({ store: memoryStore(), extend: { ability: bare } });

// A policy that is a function.
const own = ability({
  create: (rules: { readonly verb: string }[]) => (verb: "read" | "write") => rules.some((rule) => rule.verb === verb),
  rules: () => [{ verb: "read" }],
});
const ownSessions = createSessions({ store: memoryStore(), extend: { ability: own } });

export async function policies(
  strictSession: InferSession<typeof strictSessions>,
  caslSession: InferSession<typeof caslSessions>,
  ownSession: InferSession<typeof ownSessions>,
): Promise<void> {
  const strictly = await strictSession.ability;
  strictly.can("edit", subject("Invoice", {}));
  // @ts-expect-error no such action
  strictly.can("delete", "Lesson");
  // @ts-expect-error no such subject
  strictly.can("edit", "Cohort");

  const able = await caslSession.ability;
  is<Equal<typeof able.policy, AppAbility>>();
  able.can("edit", lesson);
  able.cannot("view", "Lesson", "title");
  able.for(lesson).can("view");
  // @ts-expect-error no such action
  able.can("delete", lesson);
  // @ts-expect-error no such action of a lesson
  able.for(lesson).can("delete");

  const asked = await ownSession.ability;
  asked.can("read");
  // @ts-expect-error no such verb
  asked.can("delete");
  // @ts-expect-error an answer, not a promise of one
  if ((await ownSession.ability).can("read") instanceof Promise) return;
}

export function refused(): void {
  // @ts-expect-error rules are what the policy is made of
  ability({ create, rules: (): Rule<"erase", "Lesson">[] => [{ action: "erase", subject: "Lesson" }] });
  // @ts-expect-error an object that answers nothing
  ability({ create: () => ({ may: () => true }), rules: () => [] });
  // @ts-expect-error a membership has roles
  organisation({ memberships: () => [{ id: "o1" }] });
  // @ts-expect-error the current organisation is chosen by switch
  createSessions({ store: memoryStore(), extend: { organisation: organisations } }).create({ organisation: "o1" });
}

export function useAbilities(): void {
  is<Equal<ReturnType<typeof useAbility<typeof sessions>>, Ability<RulePolicy, Rule> | null | undefined>>();
  is<Equal<ReturnType<typeof useAbility>, Ability<RulePolicy, Rule> | null | undefined>>();
  const hooks = abilityHooks<typeof caslSessions>(create);
  const able = hooks.useAbility();
  able?.can("edit", lesson);
  // @ts-expect-error no such action
  able?.can("delete", lesson);
  // @ts-expect-error another policy than that of the server
  abilityHooks<typeof caslSessions>(rulePolicy);
}
