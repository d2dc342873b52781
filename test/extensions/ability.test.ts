import { createMongoAbility } from "@casl/ability";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyObject } from "../../src/ability/ability.ts";
import { ability, abilityOf, casl, type Rule, rulePolicy, subject } from "../../src/extensions/ability/index.ts";
import { createSessions, defineExtension, memoryStore, type SessionEvent } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { anyQuestion, anyRules } from "../ability/arbitrary-rules.ts";

interface User {
  readonly id: string;
  role: string;
  rolesVersion: number;
}

/** An application with users whose roles change, and rules that count how often they are made. */
function school(
  withVersion: boolean,
  users = ["u1", "u2"].map((id): User => ({ id, role: "member", rolesVersion: 1 })),
) {
  const made: string[] = [];
  const events: SessionEvent[] = [];
  const abilities = ability({
    async rules(session: { readonly userId: string | null; readonly user: User | null }): Promise<Rule[]> {
      made.push(session.userId ?? "nobody");
      const open: Rule = { action: "view", subject: "Lesson", conditions: { isFree: true } };
      return session.user?.role === "admin" ? [open, { action: "manage", subject: "all" }] : [open];
    },
    ...(withVersion && { version: (session: { user: User | null }) => session.user?.rolesVersion ?? null }),
    cacheSize: 2,
  });
  const sessions = createSessions({
    store: memoryStore(),
    runtime: fakeRuntime(),
    origins: ["https://shop.example"],
    user: (id): User | null => users.find((user) => user.id === id) ?? null,
    onEvent: (event) => events.push(event),
    extend: { ability: abilities },
  });
  /** One request: with the user looked up, as the adapters do. */
  async function request(token: string) {
    const session = await sessions.validate(token);
    if (!session) throw new Error("the token opens no session");
    await session.loadUser();
    return session;
  }
  const canEdit = async (token: string) => (await (await request(token)).ability).can("edit", "Lesson");
  return { sessions, request, canEdit, users, made, events };
}

describe("R-A11: the ability of a session", () => {
  it("answers by the rules, for one subject, and for nobody in particular", async () => {
    const { sessions, request } = school(false);
    const { token } = await sessions.create({ userId: "u1" });
    const able = await (await request(token)).ability;
    const [free, paid] = [subject("Lesson", { isFree: true }), subject("Lesson", { isFree: false })];
    expect([able.can("view", free), able.can("view", paid), able.cannot("view", paid)]).toEqual([true, false, true]);
    expect([able.for(free).can("view"), able.for(paid).can("view"), able.for(paid).cannot("view")]).toEqual([
      ...[true, false, true],
    ]);
    const anonymous = await sessions.create();
    expect((await (await request(anonymous.token)).ability).can("view", free)).toBe(true);
  });

  it("is made once per request, however often it is asked for", async () => {
    const { sessions, request, made } = school(false);
    const { token } = await sessions.create({ userId: "u1" });
    const session = await request(token);
    const [one, other] = await Promise.all([session.ability, session.ability]);
    expect(one).toBe(other);
    expect(made).toEqual(["u1"]);
  });

  it("is made anew in every request where no version is given", async () => {
    const { sessions, canEdit, made, users } = school(false);
    const { token } = await sessions.create({ userId: "u1" });
    expect(await canEdit(token)).toBe(false);
    for (const user of users) user.role = "admin";
    expect(await canEdit(token)).toBe(true);
    expect(made).toEqual(["u1", "u1"]);
  });

  it("is kept while the version stands, and made anew in the very next request when it changes", async () => {
    const { sessions, canEdit, made, users } = school(true);
    const { token } = await sessions.create({ userId: "u1" });
    expect([await canEdit(token), await canEdit(token), made.length]).toEqual([false, false, 1]);
    for (const user of users) Object.assign(user, { role: "admin", rolesVersion: 2 });
    expect([await canEdit(token), await canEdit(token), made.length]).toEqual([true, true, 2]);
    for (const user of users) Object.assign(user, { role: "member", rolesVersion: 3 });
    expect([await canEdit(token), await canEdit(token), made.length]).toEqual([false, false, 3]);
  });

  it("is of one user, though versions are equal", async () => {
    const { sessions, canEdit, made, users } = school(true);
    for (const user of users) if (user.id === "u1") user.role = "admin";
    const [one, other] = [await sessions.create({ userId: "u1" }), await sessions.create({ userId: "u2" })];
    expect([await canEdit(one.token), await canEdit(other.token), await canEdit(one.token)]).toEqual([
      ...[true, false, true],
    ]);
    expect(made).toEqual(["u1", "u2"]);
  });

  it("is made anew after a change of the session, since its data may decide", async () => {
    const { sessions, request, canEdit, made } = school(true);
    const { token } = await sessions.create({ userId: "u1" });
    await canEdit(token);
    await (await request(token)).set({ country: "NL" });
    await canEdit(token);
    expect(made).toEqual(["u1", "u1"]);
  });

  it("of a visitor who is not signed in is made anew, also where the version says that nothing has changed", async () => {
    let made = 0;
    const rules = () => {
      made++;
      return [];
    };
    const extend = { ability: ability({ rules, version: () => 1 }) };
    const sessions = createSessions({ store: memoryStore(), extend });
    const { token } = await sessions.create();
    for (let visit = 0; visit < 2; visit++) await (await sessions.validate(token))?.ability;
    expect(made).toBe(2);
  });

  it("forgets the rules used longest ago when it has as many as it may keep", async () => {
    const { sessions, canEdit, made } = school(true);
    const tokenOf = async (userId: string) => (await sessions.create({ userId })).token;
    const [a, b, c] = [await tokenOf("u1"), await tokenOf("u1"), await tokenOf("u2")];
    for (const token of [a, b, a, c, a, b]) await canEdit(token);
    expect(made).toEqual(["u1", "u1", "u2", "u1"]); // a, b, then c in the place of b, then b
  });

  it("has a policy of one's own: an object, a function, CASL", async () => {
    const rules: Rule[] = [{ action: "view", subject: "Lesson" }];
    const own = abilityOf(rules, (given) => (action: string) => given.some((rule) => rule.action === action));
    const bridged = abilityOf([{ action: "view", subject: "Lesson" }], casl(createMongoAbility));
    const object = abilityOf(rules, (given): PolicyObject => ({ can: (action) => given[0]?.action === action }));
    for (const able of [own, bridged, object]) {
      expect((able.can as PolicyObject["can"])("view", "Lesson")).toBe(true);
      expect((able.cannot as PolicyObject["can"])("edit", "Lesson")).toBe(true);
    }
    expect(bridged.policy.relevantRuleFor("view", "Lesson")?.inverted).toBe(false);
  });
});

describe("R-A5: an ability that cannot be made", () => {
  const make = (options: Parameters<typeof ability>[0]) =>
    createSessions({ store: memoryStore(), runtime: fakeRuntime(), extend: { ability: ability(options) } });
  const abilityIn = async (options: Parameters<typeof ability>[0]) => {
    const { session } = await make(options).create({ userId: "u1" });
    return session.ability;
  };
  const fails = { rules: () => Promise.reject(new Error("the database is away")) };

  it("fails with a typed error, and says neither yes nor no", async () => {
    await expect(abilityIn(fails)).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
    const version = () => Promise.reject(new Error("the database is away"));
    await expect(abilityIn({ rules: () => [], version })).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
  });

  it("denies everything where that is the declared fallback, and in no other case", async () => {
    const able = await abilityIn({ ...fails, fallback: () => [] });
    expect(able.can("view", "Lesson")).toBe(false);
    expect((await abilityIn({ rules: () => [], fallback: () => [] })).can("view", "Lesson")).toBe(false);
  });

  it("fails when its rules never come, and hangs nobody", async () => {
    const runtime = fakeRuntime();
    const extend = { ability: ability({ rules: () => new Promise<never>(() => {}), timeLimit: "5s" }) };
    const { session } = await createSessions({ store: memoryStore(), runtime, extend }).create({ userId: "u1" });
    const asked = expect(session.ability).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
    await Promise.resolve();
    runtime.advance("5s");
    await asked;
  });

  it("is not remembered", async () => {
    let isAway = true;
    const sessions = make({
      version: () => 1,
      rules: () => (isAway ? Promise.reject(new Error("away")) : [{ action: "view", subject: "Lesson" }]),
    });
    const { token, session } = await sessions.create({ userId: "u1" });
    await expect(session.ability).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
    isAway = false;
    expect((await (await sessions.validate(token))?.ability)?.can("view", "Lesson")).toBe(true);
  });

  class Lesson {}
  it.each([
    ["no array", { action: "manage", subject: "all" }],
    ["nothing", undefined],
    ["a condition that would be lost", [{ action: "view", subject: "Lesson", conditions: { authorId: undefined } }]],
    ["conditions that would be lost", [{ action: "view", subject: "Lesson", conditions: undefined }]],
    ["a date", [{ action: "view", subject: "Lesson", conditions: { startsAt: new Date(0) } }]],
    ["a regular expression", [{ action: "view", subject: "Lesson", conditions: { slug: /a/ } }]],
    ["a class", [{ action: "view", subject: Lesson }]],
    ["NaN", [{ action: "view", subject: "Lesson", conditions: { level: Number.NaN } }]],
  ])("refuses rules that the browser would not get as they are: %s", async (_, rules) => {
    const options = { rules: () => rules as never, create: () => () => true };
    await expect(abilityIn(options as never)).rejects.toMatchObject({
      ...{ code: "EXTENSION_FAILED", cause: expect.any(TypeError) },
    });
  });

  it.each([
    ["a promise", () => Promise.resolve(true)],
    ["a number", () => 1],
    ["nothing", () => undefined],
  ])("throws where a policy answers neither true nor false: %s", async (_, answer) => {
    const able = abilityOf([], () => answer as unknown as () => boolean);
    expect(() => able.can()).toThrow(TypeError);
    expect(() => able.cannot()).toThrow(TypeError);
  });

  it.each([[Number.NaN], [true], [{}]])("fails where the version is none: %j", async (version) => {
    const options = { rules: () => [], version: () => version as never };
    await expect(abilityIn(options)).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
  });

  it("does not let the rules be changed by whoever reads them", async () => {
    const able = await abilityIn({
      rules: () => [{ action: "view", subject: "Lesson", conditions: { isFree: true } }],
    });
    expect(() => Object.assign(able.rules[0] ?? {}, { action: "manage" })).toThrow(TypeError);
    expect(() => (able.rules as Rule[]).push({ action: "manage", subject: "all" })).toThrow(TypeError);
  });
});

describe("what the browser sees of the ability", () => {
  it("is the rules and their version, and nothing else", async () => {
    const { sessions, request } = school(true);
    const { token } = await sessions.create({ userId: "u1" });
    const view = (await (await request(token)).toClient()) as { ability?: unknown };
    expect(JSON.parse(JSON.stringify(view.ability))).toEqual({
      rules: [{ action: "view", subject: "Lesson", conditions: { isFree: true } }],
      version: 1,
    });
  });

  type Create = (rules: Rule[]) => PolicyObject;
  const bridge = casl(createMongoAbility) as unknown as Create;

  it.each<[string, Create]>([
    ["the built-in policy", rulePolicy],
    ["CASL", bridge],
  ])("gives the same answers there, for any rules and subjects: %s", async (_, create) => {
    await expectSameAnswers(create, create);
  });

  it.each<[string, Create]>([
    ["another order of the rules", (rules) => bridge([...rules].reverse())],
    ["conditions that were lost", (rules) => bridge(rules.map(({ conditions: _, ...rule }) => rule))],
    ["an answer that is always yes", () => ({ can: () => true })],
  ])("Control: a browser with %s does not give the same answers", async (_, broken) => {
    await expect(expectSameAnswers(bridge, broken)).rejects.toThrow(/Property failed/);
  });

  async function expectSameAnswers(create: Create, createThere: Create): Promise<void> {
    await fc.assert(
      fc.asyncProperty(anyRules, fc.array(anyQuestion, { minLength: 1 }), async (rules, questions) => {
        const sessions = createSessions({
          store: memoryStore(),
          runtime: fakeRuntime(),
          extend: { ability: ability({ create, rules: () => rules }) },
        });
        const { session } = await sessions.create({ userId: "u1" });
        const here = await session.ability;
        const { ability: view } = JSON.parse(JSON.stringify(await session.toClient()));
        const there = abilityOf(view.rules as Rule[], createThere, view.version);
        for (const [action, asked] of questions) {
          const arrived = JSON.parse(JSON.stringify(asked));
          expect(there.can(action, arrived)).toBe(here.can(action, asked));
        }
      }),
      { numRuns: 300 },
    );
  }
});

it("R-A8: an ability reads the extensions that it needs, and a configuration without them is refused", async () => {
  const roles = defineExtension({ name: "roles", resolve: async () => ["editor"] });
  const abilities = ability({
    needs: [roles],
    rules: async (session) => ((await session.roles).includes("editor") ? [{ action: "edit", subject: "all" }] : []),
  });
  const { session } = await createSessions({ store: memoryStore(), extend: { roles, ability: abilities } }).create();
  expect((await session.ability).can("edit", "Lesson")).toBe(true);
  expect(() => createSessions({ store: memoryStore(), extend: { ability: abilities } })).toThrow(/needs roles/);
});
