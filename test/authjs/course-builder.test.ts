import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { authFacade, authStorage, type CourseBuilderViewer } from "../../src/adapters/authjs/index.ts";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { type ExternalUser, memoryStore } from "../../src/index.ts";
import { countingStore, failingStore } from "../../src/testing/index.ts";
import { Browser, startServer } from "../pages/browser.ts";
import { world } from "../support/world.ts";
import { memoryUsers } from "./users.ts";

startServer();

const ada: CourseBuilderViewer = {
  user: { id: "ada", email: "ada@shop.example", emailVerified: null, name: "Ada" },
  roles: ["admin"],
  memberships: [{ id: "membership-1", organizationId: "organisation-1" }],
};

/** An application whose viewers are an extension of its session, beside another one that signs users in. */
function application(find: (userId: string | null) => Promise<CourseBuilderViewer> = async () => ada) {
  const says: { who: string | null } = { who: null };
  const findViewer = vi.fn(find);
  const identity = vi.fn((): ExternalUser | null => (says.who === null ? null : { userId: says.who }));
  const inner = failingStore(memoryStore());
  const store = countingStore(inner);
  const shop = nextSessions({
    store,
    origins: ["https://shop.example"],
    identity,
    extend: { viewer: ({ userId }) => findViewer(userId) },
  });
  const facade = (req: IncomingMessage, res: ServerResponse) =>
    authFacade(
      { auth: () => shop.auth(req, res), requireUser: () => shop.requireUser(req, res) },
      (session) => session.viewer,
    );
  return { says, findViewer, identity, inner, store, shop, facade };
}

describe("R-A10: the facade of Course Builder", () => {
  test("answers null for a visitor, and turns one away", async () => {
    const { facade, store, findViewer } = application();
    const browser = new Browser();
    expect(await browser.ask((req, res) => facade(req, res).getCurrentViewer())).toBeNull();
    const required = browser.ask((req, res) => facade(req, res).requireViewer());
    await expect(required).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect([store.total(), findViewer.mock.calls.length]).toEqual([0, 0]);
  });

  test("answers the viewer of the user whom Auth.js has signed in; reads, and writes nothing", async () => {
    const { facade, says, store, identity, findViewer } = application();
    says.who = "ada";
    const { result, setCookies } = await new Browser().visit((req, res) => {
      const { getCurrentViewer, requireViewer } = facade(req, res);
      return Promise.all([getCurrentViewer(), requireViewer(), getCurrentViewer()]);
    });
    expect(result).toEqual([ada, ada, ada]);
    expect([store.total(), setCookies]).toEqual([0, []]);
    expect([identity.mock.calls.length, findViewer.mock.calls.length]).toEqual([1, 1]); // G7
  });

  test("throws on what the application throws for a user who has yet to be set up, and writes nothing", async () => {
    const error = Object.assign(new Error("set up first"), { name: "ViewerProvisioningRequiredError" });
    const { says, shop, store } = application();
    says.who = "ada";
    const browser = new Browser();
    for (const call of ["getCurrentViewer", "requireViewer"] as const) {
      const asked = browser.ask((req, res) => {
        const bound = { auth: () => shop.auth(req, res), requireUser: () => shop.requireUser(req, res) };
        return authFacade(bound, () => Promise.reject(error))[call]();
      });
      await expect(asked).rejects.toBe(error);
    }
    expect(store.total()).toBe(0);
  });

  test.each([
    ["nobody", null],
    ["what is no viewer", {}],
    ["another user", { ...ada, user: { ...ada.user, id: "eve" } }],
  ])("shows nobody where the application answers %s", async (_, answer) => {
    const { says, facade } = application(async () => answer as CourseBuilderViewer);
    says.who = "ada";
    const browser = new Browser();
    for (const call of ["getCurrentViewer", "requireViewer"] as const) {
      const asked = browser.ask((req, res) => facade(req, res)[call]());
      await expect(asked).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }
  });

  test("G8: never takes an outage for a visitor", async () => {
    const { says, facade, identity, shop, inner } = application();
    says.who = "ada";
    const browser = new Browser();
    const current = () => browser.ask((req, res) => facade(req, res).getCurrentViewer());
    await browser.visit(async (req, res) => (await shop.openSession(req, res)).set({ step: 1 }));
    inner.fail("find", "refuse");
    await expect(current()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    inner.heal();
    expect(await current()).toEqual(ada);
    identity.mockImplementation(() => {
      throw new Error("down");
    });
    await expect(current()).rejects.toMatchObject({ code: "IDENTITY_UNAVAILABLE" });
  });
});

describe("R-A10: what these tests must notice", () => {
  const session = { userId: "ada" };
  const down = { auth: () => Promise.reject(new Error("down")), requireUser: async () => session };

  test("a facade that takes an outage for a visitor, or shows whatever viewer it is given", async () => {
    const naive = {
      getCurrentViewer: () => down.auth().catch(() => null),
      requireViewer: async () => ({ ...ada, user: { ...ada.user, id: "eve" } }),
    };
    expect(await naive.getCurrentViewer()).toBeNull();
    expect((await naive.requireViewer()).user.id).not.toBe(session.userId);
    const ours = authFacade(down, naive.requireViewer);
    await expect(ours.getCurrentViewer()).rejects.toThrow("down");
    await expect(ours.requireViewer()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("a storage that passes on what the database does with sessions, or loses methods of a class", async () => {
    const { sessions } = world();
    class Database {
      getUser = memoryUsers().adapter.getUser;
      async createSession() {
        throw new Error("kept in the clear");
      }
      async getAccount() {
        return "found";
      }
    }
    const database = new Database();
    expect("getAccount" in { ...database }).toBe(false);
    await expect(database.createSession()).rejects.toThrow("kept in the clear");
    const storage = authStorage(sessions, database);
    expect(await storage.getAccount()).toBe("found");
    expect(storage.createSession).not.toBe(database.createSession);
  });
});

describe("R-A10: the storage of Course Builder's sign-in", () => {
  const inAWeek = () => new Date(Date.now() + 7 * 86_400_000);

  /** The adapter of an application's database: a class, with session methods of its own. */
  class Database {
    readonly kept = memoryUsers();
    readonly createSession = vi.fn();
    getUser = this.kept.adapter.getUser;
    getUserByEmail = this.kept.adapter.getUserByEmail;
    async useVerificationToken(asked: { identifier: string; token: string }) {
      return this.kept.adapter.useVerificationToken(asked);
    }
    async getAccount(providerAccountId: string, provider: string) {
      return this.kept.accounts.find(this.kept.isAccount({ provider, providerAccountId })) ?? null;
    }
    async deleteUser(id: string) {
      const user = await this.kept.adapter.getUser(id);
      await this.kept.adapter.deleteUser(id);
      return user;
    }
  }

  function scene() {
    const { sessions } = world({ store: memoryStore(), runtime: undefined as never });
    const database = new Database();
    database.kept.users.set("ada", { id: "ada", email: "ada@shop.example", emailVerified: null });
    return { sessions, database, storage: authStorage(sessions, database) };
  }

  test("makes, finds, renews and ends sessions of ours", async () => {
    const { storage, sessions, database } = scene();
    const sessionToken = crypto.randomUUID();
    await storage.createSession({ sessionToken, userId: "ada", expires: inAWeek() });
    expect(database.createSession).not.toHaveBeenCalled();
    expect(await sessions.list("ada")).toHaveLength(1);
    const found = await storage.getSessionAndUser(sessionToken);
    expect(found?.user.email).toBe("ada@shop.example");
    expect(found?.session.sessionToken).toBe(sessionToken);
    expect(JSON.stringify({ ...found?.session })).not.toContain(sessionToken);
    expect(await storage.updateSession({ sessionToken, expires: inAWeek() })).toMatchObject({ userId: "ada" });
    expect(await storage.deleteSession(sessionToken)).toMatchObject({ userId: "ada" });
    expect(await storage.getSessionAndUser(sessionToken)).toBeNull();
  });

  test("passes on what stays in the database, and ends the sessions of a user who is deleted", async () => {
    const { storage, sessions, database } = scene();
    const invitation = { identifier: "ada@shop.example", token: "once", expires: inAWeek() };
    database.kept.invitations.push(invitation);
    database.kept.accounts.push({ provider: "github", providerAccountId: "1", userId: "ada" });
    expect(await storage.useVerificationToken(invitation)).toEqual(invitation);
    expect(await storage.useVerificationToken(invitation)).toBeNull();
    expect(await storage.getAccount("1", "github")).toMatchObject({ userId: "ada" });
    expect("getUserByEmail" in storage).toBe(false);
    await storage.createSession({ sessionToken: crypto.randomUUID(), userId: "ada", expires: inAWeek() });
    expect(await storage.deleteUser("ada")).toMatchObject({ id: "ada" });
    expect(await sessions.list("ada")).toEqual([]);
  });

  test("has no method that the database has not", () => {
    const { sessions } = world();
    const { getUser } = memoryUsers().adapter;
    const methods = ["createSession", "deleteSession", "getSessionAndUser", "updateSession"];
    expect(Object.keys(authStorage(sessions, { getUser })).sort()).toEqual(methods);
    expect(() => authStorage(sessions, {})).toThrow(/getUser/);
  });
});
