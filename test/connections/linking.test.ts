import { describe, expect, it } from "vitest";
import { connections } from "../../src/connections/index.ts";
import { createSessions, memoryStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { signInAt, startProvider } from "./openid-provider.ts";
import { asProvider, callbackOf, openShop, origin, secrets, Visitor } from "./shop.ts";
import { taggedProvider } from "./tagged-provider.ts";

const redirectUris = [callbackOf("corp"), callbackOf("other")];
const provider = await startProvider({ redirectUris });
const second = await startProvider({ redirectUris });
const providers = { corp: asProvider(provider), other: asProvider(second) };
const minute = 60_000;

/** A visitor who has signed in with the one provider, to link an account of the other. */
async function scene(options: Parameters<typeof openShop>[1] = {}) {
  const shop = openShop(providers, options as object);
  const browser = shop.visitor();
  await browser.goThrough("sign-in-with", "corp", "anna");
  return { ...shop, browser };
}

describe("Linking an account", () => {
  it("adds it to whoever is signed in, with the session that they have", async () => {
    const { browser, connection, told } = await scene();
    const [before] = browser.cookies.values();
    expect(await browser.goThrough("link-account", "other", "work")).toBe("303 /after");
    expect([...browser.cookies.values()]).toEqual([before]);
    expect(await browser.linked()).toMatchObject([
      { provider: "corp", subject: "anna" },
      { provider: "other", subject: "work" },
    ]);
    expect(await connection.of("corp:anna", "other").accessToken()).toMatch(/^[\w-]{20,}$/);
    expect(told()).toContain("account-linked");
  });

  it("asks for a user whose authentication is recent", async () => {
    const { visitor, browser, runtime } = await scene();
    expect((await visitor().request("/link-account", { provider: "other" })).status).toBe(401);
    runtime.advance(15 * minute + 1);
    expect((await browser.request("/link-account", { provider: "other" })).status).toBe(401);
    expect((await browser.request("/unlink-account", { provider: "corp" })).status).toBe(401);
    expect(await browser.linked()).toHaveLength(1);
    const fields = { provider: "other", returnTo: "/accounts" };
    expect(await browser.submit("/link-account", fields)).toBe("303 /sign-in?returnTo=%2Faccounts");
    expect(await visitor().submit("/unlink-account", fields)).toBe("303 /sign-in?returnTo=%2Faccounts");
  });

  it("sends a form to the page where one proves who one is, which the application names", async () => {
    const { browser, runtime } = await scene({ reauthenticatePath: "/confirm" });
    runtime.advance(15 * minute + 1);
    const fields = { provider: "other", returnTo: "/accounts" };
    expect(await browser.submit("/link-account", fields)).toBe("303 /confirm?returnTo=%2Faccounts");
  });

  it("sends a form back where the provider cannot be asked, and says so; a script is answered 503", async () => {
    const lost = asProvider({ ...second, issuer: "http://127.0.0.1:9" });
    const shop = openShop({ corp: asProvider(provider), other: lost });
    const browser = shop.visitor();
    const fields = { provider: "other", returnTo: "/accounts" };
    expect(await browser.submit("/sign-in-with", fields)).toBe("303 /sign-in?connection_error=failed&provider=other");
    await browser.goThrough("sign-in-with", "corp", "anna");
    expect(await browser.submit("/link-account?returnTo=/accounts", { provider: "other" })).toBe(
      "303 /accounts?connection_error=failed&provider=other",
    );
    expect(shop.told()).toContain("request-failed");
    expect((await browser.request("/link-account", fields)).status).toBe(503);
  });

  it("O7 is for the user who asked: whoever else is signed in by then is refused", async () => {
    const { browser, connection } = await scene();
    const back = await signInAt(await browser.begin("link-account", "other"), "work");
    await browser.goThrough("sign-in-with", "corp", "bob");
    expect(await browser.comeBack(back)).toBe("303 /sign-in?connection_error=expired&provider=other");
    expect(await connection.list("corp:bob")).toHaveLength(1);
    expect(await connection.list("corp:anna")).toHaveLength(1);
  });

  it("is refused by the application where another user has the account", async () => {
    const asked: unknown[] = [];
    const { browser } = await scene({
      onLink({ provider: name, userId, subject }) {
        asked.push([name, userId, subject]);
        return false;
      },
    });
    expect(await browser.goThrough("link-account", "other", "work")).toBe(
      "303 /after?connection_error=refused&provider=other",
    );
    expect(asked).toEqual([["other", "corp:anna", "work"]]);
    expect(await browser.linked()).toHaveLength(1);
  });

  it("G2 is refused, and the application not asked, where the session has ended while the provider was", async () => {
    let meanwhile = async (): Promise<unknown> => undefined;
    const asked: string[] = [];
    const { browser, sessions, connection } = await scene({
      async fetch(url, init) {
        const response = await fetch(url, init);
        if (new URL(url).pathname === "/token") await meanwhile();
        return response;
      },
      onLink: ({ subject }) => asked.push(subject),
    });
    const back = await signInAt(await browser.begin("link-account", "other"), "work");
    meanwhile = () => sessions.revokeUser("corp:anna");
    expect(await browser.comeBack(back)).toBe("303 /after?connection_error=expired&provider=other");
    expect(asked).toEqual([]);
    expect(await connection.list("corp:anna")).toMatchObject([{ provider: "corp" }]);
  });

  it("is nothing that an administrator does for somebody: while impersonating no authentication is recent", async () => {
    const { browser, store, runtime, connection } = await scene();
    const sessions = createSessions({
      ...{ store, runtime, origins: [origin], extend: { connection } },
      impersonation: { allow: () => true },
    });
    const admin = new Visitor(sessions);
    for (const [name, value] of browser.cookies) admin.cookies.set(name, value);
    const acting = await sessions.validate([...admin.cookies.values()][0] ?? "");
    const token = await acting?.impersonate("corp:carl", { reason: "a question" });
    for (const name of admin.cookies.keys()) admin.cookies.set(name, String(token));
    expect((await admin.request("/link-account", { provider: "other" })).status).toBe(401);
    expect((await admin.request("/unlink-account", { provider: "corp" })).status).toBe(401);
  });
});

describe("Unlinking", () => {
  it("O9 ends the link and has its tokens revoked at the provider", async () => {
    const { browser, connection, told } = await scene();
    const before = provider.asked["/token/revocation"] ?? 0;
    expect(await browser.post("/unlink-account", { provider: "corp" })).toEqual({ unlinked: true });
    expect(provider.asked["/token/revocation"]).toBe(before + 1);
    expect(await browser.post("/unlink-account", { provider: "corp" })).toEqual({ unlinked: false });
    expect(await browser.linked()).toEqual([]);
    await expect(connection.of("corp:anna", "corp").accessToken()).rejects.toMatchObject({
      code: "CONNECTION_MISSING",
    });
    expect(told()).toContain("account-unlinked");
  });

  it("has ended it whatever the provider says, and tells of a revocation that failed", async () => {
    const tagged = taggedProvider();
    const { visitor, connection, told } = openShop(
      { tagged: tagged.provider },
      {
        fetch: async (url, init) =>
          url.endsWith("/revoke") ? new Response("down", { status: 503 }) : tagged.fetch(url, init),
      },
    );
    const browser = visitor();
    const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("tagged")}?code=anna&state=${state}`);
    expect(await connection.of("tagged:anna", "tagged").unlink()).toBe(true);
    expect(await connection.list("tagged:anna")).toEqual([]);
    expect(told()).toContain("revocation-failed");
  });

  it("of a user takes all links, and asks nobody where it is told so", async () => {
    const { browser, connection } = await scene();
    await browser.goThrough("link-account", "other", "work");
    const before = provider.asked["/token/revocation"];
    expect(await connection.unlinkAll("corp:anna", { revoke: false })).toBe(2);
    expect(provider.asked["/token/revocation"]).toBe(before);
    expect(await connection.list("corp:anna")).toEqual([]);
  });

  it("is not undone by a refresh that was under way", async () => {
    const { connection, runtime, browser } = await scene();
    runtime.advance(9 * minute + 30_000);
    const [token] = await Promise.all([
      connection
        .of("corp:anna", "corp")
        .accessToken()
        .catch((error) => error.code),
      browser.post("/unlink-account", { provider: "corp" }),
    ]);
    expect(typeof token).toBe("string");
    expect(await connection.list("corp:anna")).toEqual([]);
  });
});

describe("O8 a grant that its user has taken back at the provider", () => {
  it("breaks the link and leaves the session alone; linking again mends it", async () => {
    const { browser, connection, runtime, told } = await scene();
    await provider.takeBack();
    runtime.advance(10 * minute);
    await expect(connection.of("corp:anna", "corp").accessToken()).rejects.toMatchObject({ code: "CONNECTION_BROKEN" });
    expect(await browser.linked()).toMatchObject([{ provider: "corp", state: "broken" }]);
    expect(told().filter((event) => event === "link-broken")).toHaveLength(1);
    expect(await browser.goThrough("link-account", "corp", "anna")).toBe("303 /after");
    expect(await connection.of("corp:anna", "corp").accessToken()).toMatch(/^[\w-]{20,}$/);
  });
});

describe("The configuration of connections", () => {
  const sound = { store: memoryStore(), secrets, origin, providers, runtime: fakeRuntime() };
  const codeOf = (options: object) => {
    try {
      connections({ ...sound, ...options } as never);
      return "sound";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ["as it should be", {}, "sound"],
    ["O2 without secrets", { secrets: undefined }, "CONFIG_SECRET_MISSING"],
    ["O2 with no secret in the list", { secrets: [] }, "CONFIG_SECRET_MISSING"],
    ["O2 with a short secret", { secrets: ["short"] }, "CONFIG_SECRET_WEAK"],
    ["without a store", { store: undefined }, "CONFIG_INVALID"],
    ["with a path in the origin", { origin: "https://shop.example/" }, "CONFIG_INVALID"],
    ["with a lease that ends before the provider has answered", { lease: "5s" }, "CONFIG_INVALID"],
    [
      "with a provider over http",
      { providers: { a: { ...providers.corp, issuer: "http://a.example" } } },
      "CONFIG_INVALID",
    ],
    ["with a provider whose name is no segment", { providers: { "a/b": providers.corp } }, "CONFIG_INVALID"],
    ["with an empty client secret", { providers: { a: { ...providers.corp, clientSecret: "" } } }, "CONFIG_INVALID"],
  ])("%s", (_, options, expected) => {
    expect(codeOf(options)).toBe(expected);
  });
});
