import { describe, expect, it } from "vitest";
import { oidc } from "../../src/connections/index.ts";
import { createSessions } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { signInAt, startProvider } from "./openid-provider.ts";
import { asProvider, callbackOf, openShop, origin, Visitor } from "./shop.ts";

const redirectUris = [callbackOf("corp"), callbackOf("other"), callbackOf("form")];
const provider = await startProvider({ redirectUris });
const second = await startProvider({ redirectUris });

const open = () => openShop({ corp: asProvider(provider), other: asProvider(second) });
const codesAsked = () => (provider.asked["/token"] ?? 0) + (second.asked["/token"] ?? 0);

/** Where a visitor goes when nothing came of it. */
const failed = (error: string, name = "corp") => `303 /sign-in?connection_error=${error}&provider=${name}`;

describe("Sign-in with a provider", () => {
  it("signs in with a new token, links the account, and goes on to where the visitor wanted", async () => {
    const { visitor, connection, sessions } = open();
    const browser = visitor();
    const back = await signInAt(await browser.begin("sign-in-with", "corp"), "anna");
    const [before = ""] = browser.cookies.values();
    expect(await browser.comeBack(back)).toBe("303 /after");
    expect(await browser.linked()).toMatchObject([{ provider: "corp", subject: "anna", state: "active" }]);
    const token = await connection.of("corp:anna", "corp").accessToken();
    expect(await (await browser.request("/provider-token?provider=corp")).json()).toEqual({ token });
    const [after = ""] = browser.cookies.values();
    expect(await sessions.validate(before)).toBeNull();
    expect(await sessions.validate(after)).toMatchObject({ userId: "corp:anna" });
  });

  it("asks for a code that is bound by PKCE, state and nonce, and keeps none of them", async () => {
    const { visitor, store, runtime } = open();
    const browser = visitor();
    const url = new URL(await browser.begin("sign-in-with", "corp"));
    const { state = "", nonce = "", ...asked } = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({
      ...{ response_type: "code", scope: "openid email", redirect_uri: callbackOf("corp") },
      ...{ code_challenge_method: "S256", code_challenge: expect.stringMatching(/^[\w-]{43}$/) },
    });
    expect([state, nonce]).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)]);
    const [token = ""] = browser.cookies.values();
    const [, id = ""] = /_([\w-]{22})\./.exec(token) ?? [];
    const kept = JSON.stringify(await store.find([id], runtime.now()));
    expect(kept).toContain("connection.pending");
    for (const secret of [state, nonce, asked.code_challenge as string]) expect(kept).not.toContain(secret);
  });

  it("O7 is refused to another browser, and to whoever comes back without having gone", async () => {
    const { visitor } = open();
    const back = await signInAt(await visitor().begin("sign-in-with", "corp"), "anna");
    const asked = codesAsked();
    const other = visitor();
    expect(await other.comeBack(back)).toBe(failed("expired"));
    expect(other.cookies.size).toBe(0); // no session was made
    await other.begin("sign-in-with", "corp");
    expect(await other.comeBack(back)).toBe(failed("expired"));
    expect(await other.comeBack(callbackOf("corp"))).toBe(failed("expired"));
    expect(await other.linked()).toBe(401);
    expect(codesAsked()).toBe(asked);
  });

  it("O7 is worth something once, also of two at once", async () => {
    const { visitor, sessions } = open();
    const browser = visitor();
    const back = await signInAt(await browser.begin("sign-in-with", "corp"), "anna");
    const twin = new Visitor(sessions);
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
    const asked = codesAsked();
    const answers = await Promise.all([browser.comeBack(back), twin.comeBack(back)]);
    expect(answers.toSorted()).toEqual(["303 /after", failed("expired")]);
    expect(await browser.comeBack(back)).toBe(failed("expired"));
    expect(codesAsked()).toBe(asked + 1);
  });

  it("O7 is not used up by whoever only looks", async () => {
    const { visitor, sessions } = open();
    const browser = visitor();
    const back = await signInAt(await browser.begin("sign-in-with", "corp"), "anna");
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    expect((await sessions.handler(new Request(back, { method: "HEAD", headers: { cookie } }))).status).toBe(405);
    expect(await browser.comeBack(back)).toBe("303 /after");
  });

  it("O7 has ten minutes", async () => {
    for (const [minutes, expected] of [
      [9, "303 /after"],
      [10, failed("expired")],
    ] as const) {
      const { visitor, runtime } = open();
      const browser = visitor();
      const url = await browser.begin("sign-in-with", "corp");
      runtime.advance(minutes * 60_000);
      expect(await browser.comeBack(await signInAt(url, "anna"))).toBe(expected);
    }
  });

  it("O7 ends where another provider answers: at its address, or in the name of this one", async () => {
    const { visitor, told } = open();
    const browser = visitor();
    const asked = codesAsked();
    const forCorp = new URL(await signInAt(await browser.begin("sign-in-with", "corp"), "anna"));
    expect(await browser.comeBack(`${callbackOf("other")}${forCorp.search}`)).toBe(failed("expired", "other"));
    expect(await browser.comeBack(forCorp.href)).toBe(failed("expired")); // and it is used up
    for (const iss of [second.issuer, null]) {
      const back = new URL(await signInAt(await browser.begin("sign-in-with", "corp"), "anna"));
      if (iss === null) back.searchParams.delete("iss");
      else back.searchParams.set("iss", iss);
      expect(await browser.comeBack(back.href)).toBe(failed("failed"));
    }
    expect(codesAsked()).toBe(asked);
    expect(told().filter((event) => event === "callback-refused")).toHaveLength(4);
  });

  it("O7 takes no code that was made for another browser", async () => {
    const { visitor } = open();
    const victim = visitor();
    const attacker = visitor();
    const stolen = new URL(await signInAt(await attacker.begin("sign-in-with", "corp"), "mallory"));
    const own = new URL(await signInAt(await victim.begin("sign-in-with", "corp"), "anna"));
    own.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    expect(await victim.comeBack(own.href)).toBe(failed("failed"));
    expect(await victim.linked()).toBe(401);
  });

  it("may be begun in several tabs, of which the newest five count", async () => {
    const { visitor } = open();
    const browser = visitor();
    const urls = [];
    for (let tab = 0; tab < 6; tab++) urls.push(await browser.begin("sign-in-with", "corp", `/tab-${tab}`));
    const [first = "", secondTab = ""] = urls;
    for (const name of ["state", "nonce", "code_challenge"])
      expect(new Set(urls.map((url) => new URL(url).searchParams.get(name))).size).toBe(6);
    expect(await browser.comeBack(await signInAt(first, "anna"))).toBe(failed("expired"));
    expect(await browser.comeBack(await signInAt(secondTab, "anna"))).toBe("303 /tab-1");
  });

  it("says that the visitor has cancelled, and repeats nothing that the provider says", async () => {
    const { visitor } = open();
    const browser = visitor();
    const cancel = async (error: string) => {
      const state = new URL(await browser.begin("sign-in-with", "corp")).searchParams.get("state") ?? "";
      const query = new URLSearchParams({ error, error_description: "<b>look</b>", state, iss: provider.issuer });
      return browser.comeBack(`${callbackOf("corp")}?${query}`);
    };
    expect(await cancel("access_denied")).toBe(failed("cancelled"));
    expect(await cancel("server_error")).toBe(failed("failed"));
  });

  it("X13 goes on to a page of the site only", async () => {
    const { visitor } = open();
    const browser = visitor();
    const back = await signInAt(await browser.begin("sign-in-with", "corp", "https://evil.example/"), "anna");
    expect(await browser.comeBack(back)).toBe("303 /");
  });

  it("signs nobody in whom the application does not know", async () => {
    const { visitor, connection } = openShop({ corp: asProvider(provider) }, { onSignIn: () => null });
    const browser = visitor();
    expect(await browser.goThrough("sign-in-with", "corp", "anna")).toBe(failed("refused"));
    expect(await connection.list("corp:anna")).toEqual([]);
    expect(await browser.linked()).toBe(401);
  });

  it("says that the user has as many sessions as they may have", async () => {
    const { store, runtime, connection } = open();
    const sessions = createSessions({
      ...{ store, runtime, origins: [origin], extend: { connection } },
      limit: { sessions: 1, reached: "refuse" },
    });
    expect(await new Visitor(sessions).goThrough("sign-in-with", "corp", "anna")).toBe("303 /after");
    const late = new Visitor(sessions);
    expect(await late.goThrough("sign-in-with", "corp", "anna")).toBe(failed("limit"));
    expect(await late.linked()).toBe(401);
  });

  it("tells the application the claims, and signs in as it says", async () => {
    const seen: unknown[] = [];
    const { visitor, sessions } = openShop(
      { corp: asProvider(provider) },
      {
        onSignIn(account) {
          seen.push(account);
          return { userId: "u1", amr: ["fed"] };
        },
      },
    );
    const browser = visitor();
    await browser.goThrough("sign-in-with", "corp", "anna");
    expect(seen).toMatchObject([{ provider: "corp", subject: "anna", claims: { email: "anna@provider.example" } }]);
    const [token = ""] = browser.cookies.values();
    expect(await sessions.validate(token)).toMatchObject({ userId: "u1", amr: ["fed"] });
  });

  it("is begun by a POST of the site itself", async () => {
    const { visitor, sessions } = open();
    expect((await visitor().request("/sign-in-with")).status).toBe(405);
    const foreign = new Request("https://shop.example/api/session/sign-in-with", {
      method: "POST",
      headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site", "content-type": "application/json" },
      body: JSON.stringify({ provider: "corp" }),
    });
    expect((await sessions.handler(foreign)).status).toBe(403);
    expect((await visitor().request("/sign-in-with", { provider: "nobody" })).status).toBe(404);
    expect((await visitor().request("/sign-in-with", { provider: "__proto__" })).status).toBe(404);
    for (const provider of ["", 7, "a".repeat(33), undefined])
      expect((await visitor().request("/sign-in-with", { provider })).status).toBe(400);
  });

  it("sends a plain form on to the provider", async () => {
    const { sessions } = open();
    const form = new Request("https://shop.example/api/session/sign-in-with?returnTo=/after", {
      method: "POST",
      headers: { origin: "https://shop.example", accept: "text/html" },
      body: new URLSearchParams({ provider: "corp" }),
    });
    const response = await sessions.handler(form);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toMatch(new RegExp(`^${provider.issuer}/auth\\?`));
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it("has its answer sent on where it comes as a form from another site, with nothing else", async () => {
    const form = { ...asProvider(provider), responseMode: "form_post" } as const;
    const { visitor, sessions } = openShop({ form });
    const browser = visitor();
    const url = await browser.begin("sign-in-with", "form");
    expect(new URL(url).searchParams.get("response_mode")).toBe("form_post");
    const asQuery = new URL(url);
    asQuery.searchParams.delete("response_mode"); // our visitor sends no forms for the provider
    const back = new URL(await signInAt(asQuery.href, "anna"));
    const posted = await sessions.handler(
      new Request(callbackOf("form"), {
        method: "POST",
        headers: { origin: provider.issuer, "sec-fetch-site": "cross-site" },
        body: new URLSearchParams([...back.searchParams, ["user", '{"name":"Anna"}']]),
      }),
    );
    expect(posted.status).toBe(303);
    expect(posted.headers.getSetCookie()).toEqual([]);
    const location = new URL(posted.headers.get("location") ?? "", "https://shop.example");
    expect([...location.searchParams.keys()].toSorted()).toEqual(["code", "iss", "state"]);
    expect(await browser.comeBack(location.href)).toBe("303 /after");
    expect(await browser.linked()).toMatchObject([{ provider: "form", subject: "anna" }]);
  });

  it("sends no form on that is longer than an address may be", async () => {
    const { sessions } = openShop({ form: { ...asProvider(provider), responseMode: "form_post" } });
    const post = (code: string) =>
      sessions.handler(
        new Request(callbackOf("form"), { method: "POST", body: new URLSearchParams({ state: "s", code }) }),
      );
    expect((await post("c".repeat(4_000))).status).toBe(303);
    expect((await post("c".repeat(4_100))).status).toBe(413);
  });

  it("fails softly where the provider cannot be reached or is another one than it says", async () => {
    const { issuer, clientId, clientSecret } = provider;
    const elsewhere = issuer.replace("127.0.0.1", "localhost"); // the same server, and not the name it has
    const { visitor } = openShop({ corp: oidc({ issuer: elsewhere, clientId, clientSecret }) });
    expect((await visitor().request("/sign-in-with", { provider: "corp" })).status).toBe(503);
  });
});

describe("The clock of the provider", () => {
  const idTokenLife = 3_600_000;

  it.each([
    ["behind ours by less than the tolerance", idTokenLife + 25_000, "303 /after"],
    ["behind ours by more than that", idTokenLife + 35_000, failed("failed")],
    ["ahead of ours by an hour", -3_600_000, "303 /after"],
  ])("may be %s", async (_, ours, expected) => {
    const runtime = fakeRuntime({ now: Date.now() + ours });
    const { visitor } = openShop({ corp: asProvider(provider) }, { runtime });
    expect(await visitor().goThrough("sign-in-with", "corp", "anna")).toBe(expected);
  });
});
