import { describe, expect, it } from "vitest";
import type { Connection, ConnectionsOptions } from "../../src/connections/index.ts";
import { memoryStore, SessionStateError, type SessionStore } from "../../src/index.ts";
import { pause } from "../../src/runtime.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { openShop, secrets } from "./shop.ts";
import { gate, refusal, taggedProvider, tokenAnswer, tokenLife } from "./tagged-provider.ts";
import { goOn, reaches, until } from "./time.ts";

const life = tokenLife * 1_000;

type Options = Partial<ConnectionsOptions<{ tagged: never }>>;

/** A shop with one user, anna, who has signed in with the provider. */
async function scene(options: Options = {}) {
  const tagged = taggedProvider();
  const runtime = fakeRuntime();
  const store = memoryStore();
  const open = (more: Options & { store?: SessionStore } = {}) =>
    openShop({ tagged: tagged.provider }, { store, runtime, fetch: tagged.fetch, ...options, ...more } as never);
  const shop = open();
  const browser = shop.visitor();
  await comeBackAs(browser, "anna");
  const anna = () => shop.connection.of("tagged:anna", "tagged");
  return { tagged, runtime, store, open, shop, browser, anna };
}

async function comeBackAs(browser: ReturnType<ReturnType<typeof openShop>["visitor"]>, name: string) {
  const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
  return browser.comeBack(`https://shop.example/api/session/callback.tagged?code=${name}&state=${state}`);
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "given",
    (error) => error.code,
  );

describe("An access token", () => {
  it("is given as it was kept, until it is due a minute before its end, and then anew", async () => {
    const { tagged, runtime, anna } = await scene();
    expect(await anna().accessToken()).toBe("access.anna.0");
    runtime.advance(life - 60_001);
    expect(await anna().accessToken()).toBe("access.anna.0");
    runtime.advance(1);
    expect(await anna().accessToken()).toBe("access.anna.1");
    runtime.advance(life);
    expect(await anna().accessToken()).toBe("access.anna.2");
    expect(tagged.refreshes).toEqual(["refresh.anna.0", "refresh.anna.1"]);
  });

  it("that lives shorter than it is refreshed ahead is given as it is, and asked for once by each request", async () => {
    const { tagged, runtime, anna } = await scene({ refreshAhead: `${2 * tokenLife}s` });
    for (const time of [1, 2]) {
      const here = anna();
      const all = await Promise.all(Array.from({ length: 10 }, () => here.accessToken()));
      expect(new Set([...all, await here.accessToken()])).toEqual(new Set([`access.anna.${time}`]));
      expect(tagged.refreshes).toHaveLength(time);
    }
    runtime.advance(2 * life);
    tagged.atRefresh = () => tokenAnswer("access.ended", { expires_in: 0 }); // it has ended when it arrives
    expect(await codeOf(anna().accessToken())).toBe("CONNECTION_UNAVAILABLE");
    expect(tagged.refreshes).toHaveLength(3);
  });

  it("O5 is asked for once by any number at once", async () => {
    const { tagged, runtime, anna } = await scene();
    runtime.advance(life);
    const all = await Promise.all(Array.from({ length: 100 }, () => anna().accessToken()));
    expect(new Set(all)).toEqual(new Set(["access.anna.1"]));
    expect(tagged.refreshes).toHaveLength(1);
  });

  it("O5 keeps the refresh token where the answer has none", async () => {
    const { tagged, runtime, anna } = await scene();
    tagged.rotates = false;
    runtime.advance(life);
    expect(await anna().accessToken()).toBe("access.anna.1");
    runtime.advance(life);
    expect(await anna().accessToken()).toBe("access.anna.1");
    expect(tagged.refreshes).toEqual(["refresh.anna.0", "refresh.anna.0"]);
  });

  it("O5 keeps the refresh token where a second sign-in brings none", async () => {
    const { tagged, runtime, shop, anna } = await scene();
    const { fetch } = tagged;
    runtime.advance(1_000);
    const withoutRefresh: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      const { refresh_token, ...body } = (await response.json()) as Record<string, unknown>;
      return Response.json(body);
    };
    const second = openShop({ tagged: tagged.provider }, { ...shop, fetch: withoutRefresh } as never);
    await comeBackAs(second.visitor(), "anna");
    runtime.advance(life);
    expect(await anna().accessToken()).toBe("access.anna.1");
  });

  it("O6 is one of its own for each resource and each scope", async () => {
    const { tagged, runtime, anna } = await scene();
    const asked = [{}, { resource: "https://a.example" }, { resource: "https://b.example" }, { scope: "read" }];
    const tokens = [
      "access.anna.0",
      ...["https://a.example", "https://b.example", "read"].map((part) => `access.anna.for.${part}`),
    ];
    const ask = async (audience: object) => {
      const token = anna().accessToken(audience);
      await runtime.settle();
      runtime.advance(1_000);
      return token;
    };
    for (const round of [1, 2]) {
      const given: string[] = [];
      for (const audience of asked) given.push(await ask(audience));
      expect([round, given]).toEqual([round, tokens]);
    }
    expect(tagged.refreshes).toHaveLength(3);
  });

  it("is read once by one request, and once by its render", async () => {
    const { runtime, anna, store } = await scene();
    let reads = 0;
    const find = store.find;
    store.find = (...given) => {
      reads += 1;
      return find(...given);
    };
    const one = anna();
    for (let time = 0; time < 20; time++) await one.accessToken();
    expect(reads).toBe(1);
    runtime.advance(life);
    expect(await one.accessToken()).toBe("access.anna.1");
  });

  it("is given while rendering, where nothing of the session may be changed and no cookie set", async () => {
    const { tagged, runtime, shop, browser } = await scene();
    runtime.advance(life);
    const refused: string[] = [];
    const visit = shop.sessions.visit({
      presented: [...browser.cookies.values()],
      permit: (kind) => {
        refused.push(kind);
        throw new SessionStateError("SESSION_READ_ONLY", "A render.");
      },
      deliver: () => expect.fail("a render sets no cookie"),
      defer: () => undefined,
      header: () => null,
    });
    await visit.load();
    const session = visit.readonlySession() as unknown as { connection(name: string): Connection };
    expect(await session.connection("tagged").accessToken()).toBe("access.anna.1");
    expect(await session.connection("tagged").accessToken()).toBe("access.anna.1");
    expect(tagged.refreshes).toHaveLength(1);
    expect(refused).toEqual([]);
  });
});

describe("A provider that gives no fresh token", () => {
  it("O8 has broken the link where the grant is invalid: an event, and the session lives on", async () => {
    const { tagged, runtime, shop, browser, anna } = await scene();
    tagged.atRefresh = () => refusal("invalid_grant");
    runtime.advance(life - 30_000); // the old token would be good still, but the user has taken it back
    expect(await codeOf(anna().accessToken())).toBe("CONNECTION_BROKEN");
    expect(await codeOf(anna().accessToken())).toBe("CONNECTION_BROKEN");
    expect(tagged.refreshes).toHaveLength(1);
    expect(shop.told().filter((event) => event === "link-broken")).toHaveLength(1);
    expect(await browser.linked()).toMatchObject([{ provider: "tagged", state: "broken" }]);
    tagged.atRefresh = null;
    await comeBackAs(browser, "anna");
    expect(await anna().accessToken()).toBe("access.anna.0");
  });

  it("is covered by the old token while that is good, and is asked again", async () => {
    const { tagged, runtime, anna } = await scene();
    tagged.atRefresh = () => new Response("down", { status: 503 });
    runtime.advance(life - 30_000);
    expect(await anna().accessToken()).toBe("access.anna.0");
    runtime.advance(30_000);
    expect(await codeOf(anna().accessToken())).toBe("CONNECTION_UNAVAILABLE");
    tagged.atRefresh = null;
    runtime.advance(1);
    expect(await anna().accessToken()).toBe("access.anna.1");
  });

  it("that never answers fails within its time limit, and holds up nobody else", async () => {
    const { tagged, runtime, anna } = await scene();
    tagged.atRefresh = () => new Promise(() => undefined);
    runtime.advance(life);
    const asking = codeOf(anna().accessToken());
    await reaches(() => tagged.refreshes.length === 1);
    runtime.advance(5_000);
    expect(await asking).toBe("CONNECTION_UNAVAILABLE");
    tagged.atRefresh = null;
    runtime.advance(1);
    expect(await anna().accessToken()).toBe("access.anna.1");
  });

  it("is asked once where many wait for the failure", async () => {
    const { tagged, runtime, open } = await scene();
    const others = [open(), open(), open()].map(({ connection }) => connection.of("tagged:anna", "tagged"));
    const answer = gate<Response>();
    tagged.atRefresh = () => answer.opened;
    runtime.advance(life);
    const asking = others.map((other) => codeOf(other.accessToken()));
    await reaches(() => tagged.refreshes.length === 1 && runtime.waiting() === 3); // a time limit, and two who wait
    answer.open(new Response("down", { status: 503 }));
    expect(await until(runtime, Promise.all(asking))).toEqual(Array(3).fill("CONNECTION_UNAVAILABLE"));
    expect(tagged.refreshes).toHaveLength(1);
  });

  it("says that it is refused with a status of 200, as GitHub does", async () => {
    const { tagged, runtime, anna } = await scene();
    tagged.atRefresh = () => Response.json({ error: "bad_refresh_token" });
    runtime.advance(life);
    expect(await codeOf(anna().accessToken())).toBe("CONNECTION_BROKEN");
  });
});

describe("Two processes that share a store", () => {
  /** The first process asks the provider and does not hear from it; the second one waits. */
  async function stalled(change: (store: SessionStore) => SessionStore = (store) => store) {
    const here = await scene();
    const { tagged, runtime, open, store } = here;
    const answer = gate<Response>();
    tagged.atRefresh = () => answer.opened;
    runtime.advance(life);
    const changed = change(store);
    // The first process stands still: its clock does, too.
    const [one, two] = [
      open({ store: changed, runtime: fakeRuntime({ now: runtime.now() }) }),
      open({ store: changed }),
    ];
    const first = one.connection.of("tagged:anna", "tagged").accessToken();
    await reaches(() => tagged.refreshes.length === 1);
    tagged.atRefresh = null;
    const second = two.connection.of("tagged:anna", "tagged").accessToken();
    await reaches(() => runtime.waiting() > 0);
    return { ...here, answer, first, second };
  }

  it("O5 ask once: the second one waits for the first one's answer", async () => {
    const { tagged, runtime, answer, first, second } = await stalled();
    answer.open(tokenAnswer("access.anna.1", { refresh_token: "refresh.anna.1" }));
    expect(await first).toBe("access.anna.1");
    expect(await until(runtime, second)).toBe("access.anna.1");
    expect(tagged.refreshes).toHaveLength(1);
  });

  /** Two that ask at the same moment; answers how often the provider was asked. */
  async function atOnce(change: (store: SessionStore) => SessionStore): Promise<number> {
    const { tagged, runtime, open, store } = await scene();
    runtime.advance(life);
    const changed = change(store);
    const both = [open({ store: changed }), open({ store: changed })];
    const asking = both.map(({ connection }) => connection.of("tagged:anna", "tagged").accessToken());
    await until(runtime, Promise.allSettled(asking));
    return tagged.refreshes.length;
  }

  it("O5 ask once where they ask at the same moment", async () => {
    expect(await atOnce((store) => store)).toBe(1);
  });

  it("O5 control: ask twice over a store that changes a record whatever it holds", async () => {
    const careless = (store: SessionStore): SessionStore => ({
      ...store,
      update: (id, { expect: _, ...change }, now) => store.update(id, change, now),
    });
    expect(await atOnce(careless)).toBe(2);
  });

  it("O5 the second one takes over when the lease is over, and a late answer takes nothing from it", async () => {
    const { tagged, runtime, answer, first, second, anna } = await stalled();
    runtime.advance(9_999);
    await goOn(runtime);
    expect(tagged.refreshes).toHaveLength(1);
    expect(await until(runtime, second)).toBe("access.anna.1");
    expect(tagged.refreshes).toHaveLength(2);
    answer.open(tokenAnswer("access.late", { refresh_token: "refresh.late" }));
    expect(await until(runtime, first)).toBe("access.anna.1");
    runtime.advance(life);
    expect(await anna().accessToken()).toBe("access.anna.2");
  });

  it("O5 an answer that comes late is kept where nothing newer was stored", async () => {
    const { tagged, runtime, answer, first, second } = await stalled();
    const never = gate<Response>();
    tagged.atRefresh = () => never.opened; // whoever takes over hears nothing either
    runtime.advance(10_001);
    await reaches(() => tagged.refreshes.length === 2);
    answer.open(tokenAnswer("access.late", { refresh_token: "refresh.late.1" }));
    expect(await first).toBe("access.late");
    never.open(refusal("invalid_grant")); // to the refresh token that the first one had used
    expect(await until(runtime, second)).toBe("access.late");
  });
});

describe("The lease of a link", () => {
  it("O5 outlasts all that its holder may take: what a refresh needs is found out before it is taken", async () => {
    const limits = { providerTimeLimit: "9s", lease: "10s" } as const;
    const { tagged, runtime, open } = await scene();
    const { metadata, ...discovered } = tagged.provider;
    const shops = [1, 2].map(() =>
      openShop({ tagged: discovered }, {
        ...open(limits),
        ...limits,
        async fetch(url: string, init: RequestInit) {
          await pause(runtime, 6_000);
          if (!url.includes("/.well-known/")) return tagged.fetch(url, init);
          return Response.json({ issuer: discovered.issuer, ...metadata });
        },
      } as never),
    );
    runtime.advance(life);
    const asking = shops.map(({ connection }) => connection.of("tagged:anna", "tagged").accessToken());
    expect(await until(runtime, Promise.all(asking))).toEqual(["access.anna.1", "access.anna.1"]);
    expect(tagged.refreshes).toEqual(["refresh.anna.0"]);
  });

  it("O5 is not used where the store took so long to give it that the provider's answer may outlast it", async () => {
    const { tagged, runtime, open, store } = await scene();
    let delay = 6_000;
    const slow: SessionStore = {
      ...store,
      async update(...given) {
        await pause(runtime, delay);
        return store.update(...given);
      },
    };
    const one = open({ store: slow, storeTimeLimit: "9s" } as never).connection.of("tagged:anna", "tagged");
    runtime.advance(life);
    expect(await until(runtime, codeOf(one.accessToken()))).toBe("CONNECTION_UNAVAILABLE");
    expect(tagged.refreshes).toEqual([]);
    delay = 1;
    expect(await until(runtime, one.accessToken())).toBe("access.anna.1");
  });

  it("is not taken by whoever waits for a client secret, and nobody waits for ever", async () => {
    const { tagged, runtime, store, anna } = await scene();
    const waiting = { ...tagged.provider, clientSecret: () => new Promise<string>(() => undefined) };
    const stuck = openShop({ tagged: waiting }, { store, runtime, fetch: tagged.fetch } as never);
    runtime.advance(life);
    const asking = codeOf(stuck.connection.of("tagged:anna", "tagged").accessToken());
    await reaches(() => runtime.waiting() > 0);
    expect(await anna().accessToken()).toBe("access.anna.1");
    runtime.advance(5_000);
    expect(await asking).toBe("CONNECTION_UNAVAILABLE");
  });

  it("that is never given is a typed error in the end", async () => {
    const { runtime, open, store, anna } = await scene();
    let attempts = 0;
    const busy: SessionStore = {
      ...store,
      async update() {
        attempts += 1;
        if (attempts > 1_000) throw new Error("it goes on for ever");
        return { outcome: "conflict" } as never;
      },
    };
    const one = open({ store: busy }).connection.of("tagged:anna", "tagged");
    runtime.advance(life - 30_000);
    expect(await one.accessToken()).toBe("access.anna.0"); // it is good still
    runtime.advance(30_000);
    attempts = 0;
    expect(await codeOf(one.accessToken())).toBe("STORE_CONFLICT");
    expect(attempts).toBe(20);
    expect(await anna().accessToken()).toBe("access.anna.1");
  });
});

describe("The answer to a refresh that is under way", () => {
  /** A refresh whose answer is held back, by a process that stands still. */
  async function underWay() {
    const here = await scene();
    const answer = gate<Response | undefined>();
    here.tagged.atRefresh = () => answer.opened;
    here.runtime.advance(life);
    const first = here.open({ runtime: fakeRuntime({ now: here.runtime.now() }) });
    const asking = codeOf(first.connection.of("tagged:anna", "tagged").accessToken());
    await reaches(() => here.tagged.refreshes.length === 1);
    here.tagged.atRefresh = null;
    /** A provider that gives a refresh token at the first consent only. */
    const withoutRefresh: typeof here.tagged.fetch = async (url, init) => {
      const response = await here.tagged.fetch(url, init);
      if ((init.body as URLSearchParams | undefined)?.get("grant_type") !== "authorization_code") return response;
      const { refresh_token, ...body } = (await response.json()) as Record<string, unknown>;
      return Response.json(body);
    };
    const other = here.open({ fetch: withoutRefresh });
    return { ...here, told: first.told, other, answer, asking };
  }

  it("O9 is taken back where the link has ended meanwhile", async () => {
    const { tagged, answer, asking, anna, told } = await underWay();
    expect(await anna().unlink()).toBe(true);
    answer.open(undefined);
    expect(await asking).toBe("CONNECTION_MISSING");
    expect(tagged.revoked).toEqual(["refresh.anna.0", "refresh.anna.1"]);
    expect(told()).not.toContain("revocation-failed");
  });

  it("O9 is an event where it cannot be taken back", async () => {
    const { tagged, answer, asking, anna, told } = await underWay();
    expect(await anna().unlink()).toBe(true);
    tagged.atRevocation = () => new Response("down", { status: 503 });
    answer.open(undefined);
    expect(await asking).toBe("CONNECTION_MISSING");
    expect(told().filter((event) => event === "revocation-failed")).toHaveLength(1);
  });

  it("O5 replaces the refresh token where a sign-in has kept that which was used", async () => {
    const { tagged, runtime, answer, asking, anna, other } = await underWay();
    await comeBackAs(other.visitor(), "anna");
    const part = anna().accessToken({ resource: "https://a.example" }); // with the refresh token that is in use
    await goOn(runtime);
    expect(tagged.refreshes).toEqual(["refresh.anna.0"]);
    answer.open(undefined);
    expect(await asking).toBe("given");
    expect(await until(runtime, part)).toBe("access.anna.for.https://a.example");
    runtime.advance(life);
    expect(await anna().accessToken()).toBe("access.anna.2");
    expect(new Set(tagged.refreshes.slice(1))).toEqual(new Set(["refresh.anna.1"]));
  });

  it("O5 replaces it as well where the lease is over, and somebody else has come to use the same", async () => {
    const { tagged, runtime, answer, asking, anna, other } = await underWay();
    await comeBackAs(other.visitor(), "anna");
    runtime.advance(10_001);
    const refused = gate<Response>();
    tagged.atRefresh = () => refused.opened;
    const part = anna().accessToken({ scope: "read" });
    await reaches(() => tagged.refreshes.length === 2);
    tagged.atRefresh = null;
    answer.open(undefined);
    expect(await asking).toBe("given");
    refused.open(refusal("invalid_grant"));
    expect(await until(runtime, part)).toBe("access.anna.for.read");
    expect(tagged.refreshes).toEqual(["refresh.anna.0", "refresh.anna.0", "refresh.anna.1"]);
  });

  it("O3 leaves a refresh token as it was sealed anew meanwhile", async () => {
    const { tagged, runtime, answer, asking, open } = await underWay();
    tagged.rotates = false;
    const fresh = "the secret that takes its place, long enough";
    expect(await open({ secrets: [fresh, ...secrets] }).connection.reseal(["tagged:anna"])).toBe(1);
    answer.open(undefined);
    expect(await asking).toBe("given");
    runtime.advance(life);
    const after = open({ secrets: [fresh] }).connection.of("tagged:anna", "tagged");
    expect(await codeOf(after.accessToken())).toBe("given");
  });
});
