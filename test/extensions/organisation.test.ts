import { describe, expect, it } from "vitest";
import { ability } from "../../src/extensions/ability/index.ts";
import { type InitialOrganisation, type Membership, organisation } from "../../src/extensions/organisation/index.ts";
import { createSessions, memoryStore, type SessionEvent } from "../../src/index.ts";
import { countingStore, fakeRuntime } from "../../src/testing/index.ts";

interface Team extends Membership {
  readonly name: string;
  readonly plan: string;
}
const team = (id: string, ...roles: string[]): Team => ({ id, roles, name: `Team ${id}`, plan: "secret" });

/** An application whose users are members of teams, and how often it was asked for them. */
function club(initial?: InitialOrganisation<Team>) {
  const teams: Record<string, readonly Team[]> = {
    ann: [team("red", "owner"), team("blue", "member")],
    bob: [team("blue", "admin")],
    eve: [],
  };
  const asked: string[] = [];
  const events: SessionEvent[] = [];
  const organisations = organisation({
    async memberships(userId: string): Promise<readonly Team[]> {
      asked.push(userId);
      return teams[userId] ?? [];
    },
    ...(initial !== undefined && { initial }),
    show: ({ id, roles, name }) => ({ id, roles, name }),
  });
  const abilities = ability({
    needs: [organisations],
    async rules(session) {
      const { current } = await session.organisation;
      return current ? [{ action: "edit", subject: "Course", conditions: { teamId: current.id } }] : [];
    },
    version: () => 1,
  });
  const store = countingStore(memoryStore());
  const sessions = createSessions({
    store,
    runtime: fakeRuntime(),
    origins: ["https://shop.example"],
    user: (id) => ({ id }),
    impersonation: { allow: () => true },
    onEvent: (event) => events.push(event),
    extend: { organisation: organisations, ability: abilities },
  });
  async function request(token: string) {
    const session = await sessions.validate(token);
    if (!session) throw new Error("the token opens no session");
    return session;
  }
  const currentOf = async (token: string) => (await (await request(token)).organisation).current?.id ?? null;
  const switchTo = async (token: string, id: string | null) => (await (await request(token)).organisation).switch(id);
  const told = () =>
    events.flatMap((event) => (event.type === "extension" ? [`${event.extension} ${event.event}`] : []));
  return { sessions, store, request, currentOf, switchTo, teams, asked, events, told };
}

const post = (token: string, cookie: { name: string }, body: unknown) =>
  new Request("https://shop.example/api/session/switch-organisation", {
    method: "POST",
    headers: {
      cookie: `${cookie.name}=${token}`,
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
    },
    body: JSON.stringify(body),
  });

describe("R-A15: the current organisation", () => {
  it("is the one that was chosen, in every later request of the session", async () => {
    const { sessions, currentOf, switchTo, request } = club();
    const { token } = await sessions.create({ userId: "ann" });
    expect(await currentOf(token)).toBeNull();
    expect(await switchTo(token, "blue")).toBe(true);
    expect(await currentOf(token)).toBe("blue");
    const { current, has } = await (await request(token)).organisation;
    expect(current?.roles).toEqual(["member"]);
    expect([has("member"), has("owner")]).toEqual([true, false]);
    expect(await switchTo(token, null)).toBe(true);
    expect(await currentOf(token)).toBeNull();
  });

  it("is validated when it is set: where the user is no member nothing changes", async () => {
    const { sessions, currentOf, switchTo, told, store } = club();
    const { token } = await sessions.create({ userId: "bob" });
    const writes = store.counts.update;
    for (const id of ["red", "", "blue ", "__proto__", "x".repeat(10_000)])
      expect(await switchTo(token, id)).toBe(false);
    expect(await currentOf(token)).toBe("blue");
    expect(store.counts.update).toBe(writes);
    expect(told()).toEqual(Array(5).fill("organisation refused"));
  });

  it("is validated against the memberships of that moment, not those that the request began with", async () => {
    const { sessions, request, teams } = club();
    const { token } = await sessions.create({ userId: "ann" });
    const organisations = await (await request(token)).organisation;
    teams.ann = [team("red", "owner")];
    expect(await organisations.switch("blue")).toBe(false);
    expect(organisations.memberships.map(({ id }) => id)).toEqual(["red"]);
  });

  it.each([
    ["of its own", { timeLimit: "3s" } as const, {}, 3_000],
    ["of the configuration", {}, { callbackTimeLimit: "4s" } as const, 4_000],
  ])("is waited for within its time limit, %s, and nothing has changed", async (_, options, configuration, limit) => {
    const runtime = fakeRuntime();
    let answer = async (): Promise<readonly Team[]> => [team("red"), team("blue")];
    const sessions = createSessions({
      ...{ store: memoryStore(), runtime, origins: ["https://shop.example"], user: (id: string) => ({ id }) },
      extend: { organisation: organisation({ memberships: () => answer(), ...options }) },
      ...configuration,
    });
    const { token } = await sessions.create({ userId: "ann" });
    const organisations = await (await sessions.validate(token))?.organisation;
    answer = () => new Promise(() => undefined);
    let outcome: unknown = "waiting";
    const switched = organisations?.switch("blue").then(
      () => "switched",
      (error) => error.code,
    );
    switched?.then((found) => {
      outcome = found;
    });
    runtime.advance(limit - 1);
    await Promise.resolve();
    expect(outcome).toBe("waiting");
    runtime.advance(1);
    expect(await switched).toBe("EXTENSION_FAILED");
    expect(organisations?.current).toBeNull();
    answer = () => Promise.reject(new Error("10.0.0.7 is away"));
    await expect(organisations?.switch("blue")).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
    answer = async () => [team("red"), team("blue")];
    expect(await organisations?.switch("blue")).toBe(true);
  });

  it("is validated when it is read: a membership that has ended reads as the default, its roles as they are now", async () => {
    const { sessions, currentOf, switchTo, request, teams } = club();
    const { token } = await sessions.create({ userId: "ann" });
    await switchTo(token, "red");
    teams.ann = [team("red", "member"), team("blue", "member")];
    expect((await (await request(token)).organisation).current?.roles).toEqual(["member"]);
    teams.ann = [team("blue", "member")];
    expect(await currentOf(token)).toBe("blue"); // the only one
    teams.ann = [];
    expect(await currentOf(token)).toBeNull();
  });

  it.each<[string, InitialOrganisation<Team>, string | null, string | null]>([
    ["only", "only", null, "blue"],
    ["first", "first", "red", "blue"],
    ["none", "none", null, null],
    ["a function", (teams) => teams.at(-1)?.id ?? null, "blue", "blue"],
    ["a function that names another's", () => "red", "red", null],
  ])("is the declared one where none was chosen: %s", async (_, initial, ofTwo, ofOne) => {
    const { sessions, currentOf } = club(initial);
    const [ann, bob] = [await sessions.create({ userId: "ann" }), await sessions.create({ userId: "bob" })];
    expect([await currentOf(ann.token), await currentOf(bob.token)]).toEqual([ofTwo, ofOne]);
    expect(await currentOf((await sessions.create({ userId: "eve" })).token)).toBeNull();
  });

  it("has one writer: the application's data neither shows nor changes it", async () => {
    const { sessions, currentOf, switchTo, request } = club();
    const { token } = await sessions.create({ userId: "ann" });
    await switchTo(token, "red");
    const session = await request(token);
    expect(Object.keys(session.data)).toEqual([]);
    await session.replace({});
    expect(await currentOf(token)).toBe("red");
  });

  it("survives when the same user signs in again, and is never another user's", async () => {
    const { sessions, currentOf, switchTo, request } = club();
    let { token } = await sessions.create({ userId: "ann" });
    await switchTo(token, "blue");
    token = (await (await request(token)).signIn("ann")) as unknown as string;
    expect(await currentOf(token)).toBe("blue");
    token = (await (await request(token)).signIn("bob")) as unknown as string;
    expect(await currentOf(token)).toBe("blue"); // his only one
    expect((await (await request(token)).organisation).current?.roles).toEqual(["admin"]);
    token = (await (await request(token)).signIn("ann")) as unknown as string;
    expect(await currentOf(token)).toBeNull();
  });

  it("is the impersonated user's while somebody impersonates", async () => {
    const { sessions, currentOf, switchTo, request } = club();
    let { token } = await sessions.create({ userId: "ann" });
    await switchTo(token, "red");
    token = (await (await request(token)).impersonate("bob", { reason: "Ticket 1" })) as unknown as string;
    const { memberships, current } = await (await request(token)).organisation;
    expect([memberships.map(({ id }) => id), current?.roles]).toEqual([["blue"], ["admin"]]);
    expect(await switchTo(token, "red")).toBe(false);
    token = (await (await request(token)).stopImpersonating()) as unknown as string;
    expect((await (await request(token)).organisation).memberships.map(({ id }) => id)).toEqual(["red", "blue"]);
    expect(await currentOf(token)).toBeNull(); // an impersonation ends without data
  });

  it("of a visitor who is not signed in is none; nobody is asked and no session begins", async () => {
    const { sessions, currentOf, switchTo, asked, store } = club("first");
    const { token } = await sessions.create();
    const writes = store.counts.update;
    expect([await currentOf(token), await switchTo(token, "red"), await switchTo(token, null)]).toEqual([
      ...[null, false, false],
    ]);
    expect(asked).toEqual([]);
    expect(store.counts.update).toBe(writes);
  });

  it("decides what the visitor may do, in the next request, though the version of the rules is the same", async () => {
    const { sessions, request, switchTo } = club();
    const { token } = await sessions.create({ userId: "ann" });
    const rules = async () => (await (await request(token)).ability).rules.map(({ conditions }) => conditions);
    expect(await rules()).toEqual([]);
    await switchTo(token, "red");
    expect(await rules()).toEqual([{ teamId: "red" }]);
    await switchTo(token, "blue");
    expect(await rules()).toEqual([{ teamId: "blue" }]);
  });

  it("decides also in the rest of the request that switches it", async () => {
    const { sessions, request } = club();
    const session = await request((await sessions.create({ userId: "ann" })).token);
    expect((await session.ability).rules).toEqual([]);
    const organisations = await session.organisation;
    await organisations.switch("red");
    expect((await session.ability).rules).toMatchObject([{ conditions: { teamId: "red" } }]);
    expect(organisations.current?.id).toBe("red");
    expect(await session.organisation).toBe(organisations);
  });

  it("is looked up once per request", async () => {
    const { sessions, request, asked } = club();
    const { token } = await sessions.create({ userId: "ann" });
    const session = await request(token);
    await Promise.all([session.organisation, session.organisation, session.ability]);
    expect(asked).toEqual(["ann"]);
  });
});

describe("memberships that are none", () => {
  it.each([
    ["no list", null],
    ["no id", [{ roles: [] }]],
    ["an empty id", [{ id: "", roles: [] }]],
    ["roles as a text", [{ id: "red", roles: "owner" }]],
    ["no roles", [{ id: "red" }]],
    ["two of one organisation", [team("red", "owner"), team("red", "member")]],
  ])("are a typed error: %s", async (_, given) => {
    const extend = { organisation: organisation({ memberships: () => given as never }) };
    const { session } = await createSessions({ store: memoryStore(), extend }).create({ userId: "ann" });
    await expect(session.organisation).rejects.toMatchObject({
      ...{ code: "EXTENSION_FAILED", cause: expect.any(TypeError) },
    });
  });
});

describe("POST switch-organisation", () => {
  it("switches, and answers what the browser may see", async () => {
    const { sessions, currentOf } = club();
    const { token } = await sessions.create({ userId: "ann" });
    const cookie = sessions.createSessionCookie(token);
    const response = await sessions.handler(post(token, cookie, { id: "blue" }));
    expect(response.status).toBe(200);
    const [red, blue] = [
      { id: "red", roles: ["owner"], name: "Team red" },
      { id: "blue", roles: ["member"], name: "Team blue" },
    ];
    expect(await response.json()).toEqual({ current: blue, memberships: [red, blue] });
    expect(await currentOf(token)).toBe("blue");
    const view = (await (await sessions.validate(token))?.toClient()) as { organisation?: unknown };
    expect(view.organisation).toEqual({ current: blue, memberships: [red, blue] });
    expect(JSON.stringify(view)).not.toContain("secret");
  });

  it.each([
    ["an organisation that is not the user's", { id: "green" }, 403],
    ["no id", {}, 400],
    ["a number", { id: 4 }, 400],
    ["a text without end", { id: "x".repeat(201) }, 400],
    ["a list", { id: ["blue"] }, 400],
  ])("refuses %s", async (_, body, status) => {
    const { sessions, currentOf } = club();
    const { token } = await sessions.create({ userId: "ann" });
    const cookie = sessions.createSessionCookie(token);
    expect((await sessions.handler(post(token, cookie, body))).status).toBe(status);
    expect(await currentOf(token)).toBeNull();
  });

  it("is for signed-in users, and for pages of the application", async () => {
    const { sessions } = club();
    const { token } = await sessions.create({ userId: "ann" });
    const cookie = sessions.createSessionCookie(token);
    expect((await sessions.handler(post("none", cookie, { id: "red" }))).status).toBe(401);
    const foreign = post(token, cookie, { id: "red" });
    foreign.headers.set("sec-fetch-site", "cross-site");
    expect((await sessions.handler(foreign)).status).toBe(403);
  });
});
