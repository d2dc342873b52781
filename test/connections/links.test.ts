import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { keptKey } from "../../src/store/record.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { callbackOf, openShop } from "./shop.ts";
import { taggedProvider, tokenAnswer, tokenLife } from "./tagged-provider.ts";
import { until } from "./time.ts";

const day = 86_400_000;

/** A user whose token is kept by a store that the test may break. */
async function scene(change: (store: SessionStore) => SessionStore = (store) => store) {
  const tagged = taggedProvider();
  const runtime = fakeRuntime();
  const store = memoryStore();
  const options = { store: change(store), runtime, fetch: tagged.fetch };
  const shop = openShop({ tagged: tagged.provider }, options);
  const comeBackAs = async (name: string, browser = shop.visitor()) => {
    const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("tagged")}?code=${name}&state=${state}`);
    return browser;
  };
  const browser = await comeBackAs("anna");
  return {
    tagged,
    runtime,
    store,
    shop,
    browser,
    comeBackAs,
    of: (name: string) => shop.connection.of(`tagged:${name}`, "tagged"),
  };
}

describe("A store whose answers are lost", () => {
  /** Does what it is asked, and says that it has failed, at the chosen of the next changes. */
  function forgetful() {
    const plan = { count: 0, losing: [] as number[] };
    const change = (store: SessionStore): SessionStore => ({
      ...store,
      async update(...given) {
        const answer = await store.update(...given);
        plan.count += 1;
        if (plan.losing.includes(plan.count)) throw new Error("the connection broke");
        return answer;
      },
    });
    return { plan, change };
  }

  it.each([
    ["that the lease was taken", [1]],
    ["that the tokens were stored", [2]],
    ["either", [1, 2]],
  ])("costs no link and no second call where it does not say %s", async (_, losing) => {
    const { plan, change } = forgetful();
    const { tagged, runtime, of } = await scene(change);
    runtime.advance(tokenLife * 1_000);
    Object.assign(plan, { count: 0, losing });
    expect(await until(runtime, of("anna").accessToken())).toBe("access.anna.1");
    expect(tagged.refreshes).toHaveLength(1);
    runtime.advance(tokenLife * 1_000);
    expect(await until(runtime, of("anna").accessToken())).toBe("access.anna.2");
  });

  it("that goes on failing is a typed error, and the link is kept", async () => {
    let isFailing = false;
    const { runtime, shop, of } = await scene((store) => ({
      ...store,
      update(...given) {
        if (isFailing) throw new Error("the store is down");
        return store.update(...given);
      },
    }));
    runtime.advance(tokenLife * 1_000);
    isFailing = true;
    const code = of("anna")
      .accessToken()
      .catch((error) => error.code);
    expect(await until(runtime, code)).toBe("STORE_UNAVAILABLE");
    expect(await shop.connection.list("tagged:anna")).toMatchObject([{ state: "active" }]);
  });
});

describe("A store that does what it is asked when nobody waits for it any more", () => {
  /** Does none of the chosen calls for a link before it is told to. */
  function late() {
    const plan = { holds: (_: "create" | "update"): boolean => false, held: [] as (() => unknown)[] };
    const hold = <Answer>(call: "create" | "update", data: object | undefined, make: () => Answer): Answer => {
      if (!Object.hasOwn(data ?? {}, keptKey) || !plan.holds(call)) return make();
      plan.held.push(make);
      return new Promise(() => undefined) as Answer;
    };
    const change = (store: SessionStore): SessionStore => ({
      ...store,
      create: (record) => hold("create", record.data, () => store.create(record)),
      update: (id, given, now) => hold("update", given.set, () => store.update(id, given, now)),
    });
    return { plan, change };
  }

  it("brings no link back that has ended", async () => {
    const { plan, change } = late();
    const { runtime, shop, of, comeBackAs } = await scene(change);
    plan.holds = (call) => call === "create" && plan.held.length === 0;
    await until(runtime, comeBackAs("bob"));
    expect(await of("bob").accessToken()).toBe("access.bob.0");
    expect(await shop.connection.unlinkAll("tagged:bob")).toBe(1);
    expect(await plan.held[0]?.()).toBe("created");
    expect(await shop.connection.list("tagged:bob")).toEqual([]);
    await expect(of("bob").accessToken()).rejects.toMatchObject({ code: "CONNECTION_MISSING" });
    expect(await of("bob").unlink()).toBe(false);
    await comeBackAs("bob");
    expect(await of("bob").accessToken()).toBe("access.bob.0");
  });

  it("links nobody after the user was deleted, where the callback had given up", async () => {
    const { plan, change } = late();
    const { runtime, shop, comeBackAs } = await scene(change);
    plan.holds = (call) => call === "update";
    await until(runtime, comeBackAs("bob"));
    plan.holds = () => false;
    expect(await shop.connection.list("tagged:bob")).toEqual([]);
    expect(await shop.connection.unlinkAll("tagged:bob")).toBe(0);
    expect(plan.held.length).toBeGreaterThan(0);
    for (const apply of plan.held) expect(await apply()).toEqual({ outcome: "missing" });
    expect(await shop.connection.list("tagged:bob")).toEqual([]);
  });
});

describe("A link", () => {
  it("costs a read and two writes when it is made, and three reads and two writes at each refresh", async () => {
    const calls: string[] = [];
    const ids = new Set<string>();
    const note = (call: string, id: string) => void (ids.has(id) && calls.push(call));
    const { runtime, of, comeBackAs } = await scene((store) => ({
      ...store,
      find: (given, now) => {
        for (const id of given) note("find", id);
        return store.find(given, now);
      },
      create(record) {
        if (record.data[keptKey] !== undefined) ids.add(record.id);
        note("create", record.id);
        return store.create(record);
      },
      update(id, change, now) {
        note("update", id);
        return store.update(id, change, now);
      },
    }));
    expect(calls).toEqual(["create", "update"]); // after a read, of which nobody knew what it was for
    calls.length = 0;
    await comeBackAs("anna");
    expect(calls).toEqual(["find", "update"]);
    calls.length = 0;
    runtime.advance(tokenLife * 1_000);
    await of("anna").accessToken();
    expect(calls).toEqual(["find", "update", "find", "update", "find"]);
  });

  it("is kept whatever a provider says of how long its tokens live", async () => {
    for (const life of [1e13, 1e300, 1.5]) {
      const { fetch, provider } = taggedProvider();
      const odd: typeof fetch = async (url, init) =>
        url.endsWith("/token") ? tokenAnswer("access.anna.0", { expires_in: life }) : fetch(url, init);
      const { connection, visitor } = openShop({ tagged: provider }, { fetch: odd });
      const browser = visitor();
      const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
      await browser.comeBack(`${callbackOf("tagged")}?code=anna&state=${state}`);
      expect([life, await connection.list("tagged:anna")]).toMatchObject([life, [{ state: "active" }]]);
      expect(await connection.of("tagged:anna", "tagged").accessToken()).toBe("access.anna.0");
    }
  });

  it("is forgotten when nobody has used it for 400 days, and kept as long as somebody does", async () => {
    const { runtime, shop, of, comeBackAs } = await scene();
    await comeBackAs("carl");
    for (let month = 0; month < 30; month++) {
      runtime.advance(30 * day);
      await of("anna").accessToken();
    }
    expect(await shop.connection.list("tagged:anna")).toHaveLength(1);
    expect(await shop.connection.list("tagged:carl")).toEqual([]);
  });

  it("with a token that never expires is kept by reading it", async () => {
    const { fetch, provider } = taggedProvider();
    const runtime = fakeRuntime();
    const forever: typeof fetch = async (url, init) => {
      const { expires_in, refresh_token, ...body } = (await (await fetch(url, init)).json()) as Record<string, unknown>;
      return Response.json(body);
    };
    const { connection, visitor } = openShop({ tagged: provider }, { runtime, fetch: forever });
    const browser = visitor();
    const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("tagged")}?code=anna&state=${state}`);
    for (let month = 0; month < 30; month++) {
      runtime.advance(30 * day);
      expect(await connection.of("tagged:anna", "tagged").accessToken()).toBe("access.anna.0");
    }
    runtime.advance(400 * day);
    await expect(connection.of("tagged:anna", "tagged").accessToken()).rejects.toMatchObject({
      code: "CONNECTION_MISSING",
    });
  });

  it("that cannot be read, or opened, is broken, and can be linked again", async () => {
    for (const text of ["", "{}", "null", '{"v":1}', '{"v":2,"subject":"anna"}']) {
      const { store, runtime, of, comeBackAs, browser } = await scene();
      const { update } = store;
      let kept = "";
      store.update = (id, change, now) => {
        if (change.set?.[keptKey]) kept = id;
        return update(id, change, now);
      };
      runtime.advance(tokenLife * 1_000);
      await of("anna").accessToken();
      const [record] = await store.find([kept], runtime.now());
      if (!record || "corrupt" in record) throw new Error("there is no link");
      await update(kept, { set: { [keptKey]: text }, generation: record.generation }, runtime.now());
      await expect(of("anna").accessToken()).rejects.toMatchObject({ code: "CONNECTION_BROKEN" });
      expect(await browser.linked()).toMatchObject([{ provider: "tagged", state: "broken" }]);
      await comeBackAs("anna");
      expect(await of("anna").accessToken()).toBe("access.anna.0");
    }
  });
});

describe("The connection of a session", () => {
  it("G3 is that of its user at each call, also when another one has signed in meanwhile", async () => {
    const { shop, browser } = await scene();
    await (async () => {
      const other = shop.visitor();
      const state = new URL(await other.begin("sign-in-with", "tagged")).searchParams.get("state");
      await other.comeBack(`${callbackOf("tagged")}?code=bob&state=${state}`);
    })();
    const session = await shop.sessions.validate([...browser.cookies.values()][0] ?? "");
    if (!session) throw new Error("nobody is signed in");
    const { connection } = session;
    expect(await connection("tagged").accessToken()).toBe("access.anna.0");
    await session.signIn("tagged:bob");
    expect(await connection("tagged").accessToken()).toBe("access.bob.0");
    expect(await session.connection("tagged").accessToken()).toBe("access.bob.0");
    await session.signOut();
    await expect(connection("tagged").accessToken()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await connection.list()).toEqual([]);
  });

  it("is with a provider of the configuration, and of a user", async () => {
    const { shop } = await scene();
    expect(() => shop.connection.of("anna", "nobody" as never)).toThrow('There is no provider "nobody"');
    expect(() => shop.connection.of("anna", "constructor" as never)).toThrow("There is no provider");
    expect(() => shop.connection.of("", "tagged")).toThrow("userId");
  });
});
