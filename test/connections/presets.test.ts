import { decodeJwt, decodeProtectedHeader, exportJWK, exportPKCS8, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import {
  apple,
  discord,
  type Fetch,
  github,
  gitlab,
  google,
  microsoft,
  type Provider,
} from "../../src/connections/index.ts";
import { callbackOf, openShop } from "./shop.ts";

const client = { clientId: "shop", clientSecret: "a secret of the shop and the provider" };
const { publicKey, privateKey } = await generateKeyPair("RS256");
const keys = { keys: [{ ...(await exportJWK(publicKey)), alg: "RS256", use: "sig", kid: "k1" }] };
const applePair = await generateKeyPair("ES256", { extractable: true });

const tenant = "11111111-2222-3333-4444-555555555555";
const otherTenant = "99999999-2222-3333-4444-555555555555";

/** What a provider answers: to discovery, to codes and to the question for a profile. Signs ID tokens with what it is told. */
function played(issuer: string, profile: object = {}) {
  const asked: { url: string; init: RequestInit }[] = [];
  const state = { claims: {} as Record<string, unknown>, key: privateKey };
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, init });
    if (url.includes("/.well-known/"))
      return Response.json({
        ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
        ...{ jwks_uri: `${issuer}/keys`, userinfo_endpoint: `${issuer}/userinfo` },
      });
    if (/keys$/.test(url)) return Response.json(keys);
    if (/userinfo$/.test(url)) return Response.json({ sub: state.claims.sub, nickname: "an" });
    if (!/token/.test(url) || init.method !== "POST") return Response.json(profile);
    const token = new SignJWT({ iss: issuer, aud: "shop", ...state.claims }).setProtectedHeader({
      alg: "RS256",
      kid: "k1",
    });
    const idToken = await token.setIssuedAt().setExpirationTime("10m").sign(state.key);
    const more = Object.keys(state.claims).length > 0 ? { id_token: idToken } : {};
    return Response.json({ access_token: "an access token", token_type: "Bearer", expires_in: 600, ...more });
  };
  return Object.assign(state, { fetch, asked });
}

/** Signs in with a provider that is played; answers where the shop goes on to. */
async function signIn(provider: Provider, play: ReturnType<typeof played>, claims: Record<string, unknown> | null) {
  const { visitor, connection } = openShop({ p: provider }, { fetch: play.fetch });
  const browser = visitor();
  const url = new URL(await browser.begin("sign-in-with", "p"));
  const { nonce, state = "" } = Object.fromEntries(url.searchParams);
  if (claims) play.claims = { nonce, ...claims };
  const path =
    provider.responseMode === "form_post" ? callbackOf("p").replace("callback", "returned") : callbackOf("p");
  const went = await browser.comeBack(`${path}?${new URLSearchParams({ code: "a code", state })}`);
  return { url, went, accounts: await connection.list("p:anna") };
}

describe("The presets", () => {
  it.each<[string, Provider, string, string]>([
    ["google", google(client), "https://accounts.google.com/authorize", "openid email profile"],
    ["gitlab", gitlab(client), "https://gitlab.com/authorize", "openid email profile"],
    [
      "gitlab of one's own",
      gitlab({ ...client, issuer: "https://git.example" }),
      "https://git.example/authorize",
      "openid email profile",
    ],
    [
      "microsoft",
      microsoft(client),
      "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
      "openid email profile offline_access",
    ],
    ["github", github(client), "https://github.com/login/oauth/authorize", "read:user user:email"],
    ["discord", discord(client), "https://discord.com/oauth2/authorize", "identify email"],
  ])("%s is asked with PKCE for its scope", async (_, provider, address, scope) => {
    const { visitor } = openShop({ p: provider }, { fetch: played(provider.issuer).fetch });
    const url = new URL(await visitor().begin("sign-in-with", "p"));
    expect(url.origin + url.pathname).toBe(address);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ client_id: "shop", response_type: "code", code_challenge_method: "S256" },
      ...{ scope, redirect_uri: callbackOf("p") },
    });
    expect(url.searchParams.has("nonce")).toBe(scope.includes("openid"));
  });

  it("google gives a refresh token each time", async () => {
    const { visitor } = openShop({ p: google(client) }, { fetch: played("https://accounts.google.com").fetch });
    const url = new URL(await visitor().begin("sign-in-with", "p"));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ access_type: "offline", prompt: "consent" });
  });

  it("an ID token counts by its signature, its issuer, its audience and its nonce", async () => {
    const play = played("https://accounts.google.com");
    const go = async (claims: object) => (await signIn(google(client), play, { sub: "anna", ...claims })).went;
    expect(await go({})).toBe("303 /after");
    for (const wrong of [{ iss: "https://evil.example" }, { aud: "another" }, { nonce: "another" }])
      expect([wrong, await go(wrong)]).toEqual([wrong, expect.stringContaining("connection_error=failed")]);
    play.key = (await generateKeyPair("RS256")).privateKey;
    expect(await go({})).toContain("connection_error=failed");
  });

  it.each([
    [
      "anybody's directory with common",
      "common",
      { iss: `https://login.microsoftonline.com/${otherTenant}/v2.0`, tid: otherTenant },
      true,
    ],
    ["one directory", tenant, { iss: `https://login.microsoftonline.com/${tenant}/v2.0`, tid: tenant }, true],
    [
      "no other directory then",
      tenant,
      { iss: `https://login.microsoftonline.com/${otherTenant}/v2.0`, tid: otherTenant },
      false,
    ],
    [
      "no issuer beside its directory",
      "common",
      { iss: `https://login.microsoftonline.com/${tenant}/v2.0`, tid: otherTenant },
      false,
    ],
    ["no directory that is none", "common", { iss: "https://evil.example/v2.0", tid: "../../evil.example" }, false],
  ])("microsoft accepts %s", async (_, chosen, claims, isAccepted) => {
    const provider = microsoft({ ...client, tenant: chosen });
    const { went, accounts } = await signIn(provider, played(provider.issuer), { sub: "anna", ...claims });
    expect(went).toEqual(isAccepted ? "303 /after" : expect.stringContaining("connection_error=failed"));
    expect(accounts).toHaveLength(isAccepted ? 1 : 0);
  });

  it("gitlab tells more at its user-info endpoint", async () => {
    const play = played("https://gitlab.com");
    const seen: unknown[] = [];
    const { visitor } = openShop(
      { p: gitlab(client) },
      { fetch: play.fetch, onSignIn: (account) => (seen.push(account.claims) < 0 ? "never" : null) },
    );
    const browser = visitor();
    const { nonce, state = "" } = Object.fromEntries(new URL(await browser.begin("sign-in-with", "p")).searchParams);
    play.claims = { nonce, sub: "anna" };
    await browser.comeBack(`${callbackOf("p")}?${new URLSearchParams({ code: "a code", state })}`);
    expect(seen).toMatchObject([{ sub: "anna", nickname: "an" }]);
  });

  it("github and discord are known by their profile", async () => {
    const cases = [
      [github(client), { id: 7, login: "anna" }, "7"],
      [discord(client), { id: "80351110224678912" }, "80351110224678912"],
      [github(client), { id: "7" }, null],
      [discord(client), { message: "401" }, null],
    ] as const;
    for (const [provider, profile, subject] of cases) {
      const subjects: string[] = [];
      const { visitor } = openShop(
        { p: provider },
        {
          fetch: played(provider.issuer, profile).fetch,
          onSignIn: (account) => (subjects.push(account.subject) < 0 ? "never" : null),
        },
      );
      const browser = visitor();
      const state = new URL(await browser.begin("sign-in-with", "p")).searchParams.get("state");
      const went = await browser.comeBack(`${callbackOf("p")}?code=a&state=${state}`);
      expect(subjects).toEqual(subject === null ? [] : [subject]);
      expect(went).toContain(subject === null ? "connection_error=failed" : "connection_error=refused");
    }
  });

  it("apple gets a client secret that is signed anew, and answers with a form", async () => {
    const provider = apple({
      ...{ clientId: "shop", teamId: "TEAM123456", keyId: "KEY1234567" },
      privateKey: await exportPKCS8(applePair.privateKey),
    });
    const play = played("https://appleid.apple.com");
    const { url, went } = await signIn(provider, play, { sub: "anna" });
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_mode: "form_post",
      scope: "openid name email",
    });
    expect(went).toBe("303 /after");
    const { init } = play.asked.find((request) => request.url.endsWith("/token")) ?? expect.fail();
    const secret = (init.body as URLSearchParams).get("client_secret") ?? "";
    expect(decodeProtectedHeader(secret)).toEqual({ alg: "ES256", kid: "KEY1234567" });
    const { iat = 0, exp = 0, ...claims } = decodeJwt(secret);
    expect(claims).toEqual({ iss: "TEAM123456", sub: "shop", aud: "https://appleid.apple.com" });
    expect(exp - iat).toBe(300);
  });

  it("github takes a grant back in its own way", async () => {
    const play = played("https://github.com/login/oauth", { id: 7 });
    const { visitor, connection } = openShop({ p: github(client) }, { fetch: play.fetch });
    const browser = visitor();
    const state = new URL(await browser.begin("sign-in-with", "p")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("p")}?code=a&state=${state}`);
    expect(await connection.of("p:7", "p").unlink()).toBe(true);
    const { url, init } = play.asked.at(-1) ?? expect.fail();
    expect([init.method, url]).toEqual(["DELETE", "https://api.github.com/applications/shop/grant"]);
    expect(init.body).toBe('{"access_token":"an access token"}');
  });

  /** A user of a GitHub App, whose tokens expire; GitHub knows nothing but the access tokens that it gave last. */
  async function appOfGithub() {
    const live = { access: "", refresh: "", turn: 0, status: 204 };
    const sent: string[] = [];
    const fetch: Fetch = async (url, { body }) => {
      if (url.startsWith("https://api.github.com/applications/")) {
        const { access_token: token } = JSON.parse(String(body)) as { access_token: string };
        sent.push(token);
        return token === live.access
          ? new Response(null, { status: live.status })
          : new Response("{}", { status: 404 });
      }
      if (!url.endsWith("/access_token")) return Response.json({ id: 7 });
      const refresh = (body as URLSearchParams).get("refresh_token");
      if (refresh !== null && refresh !== live.refresh) return Response.json({ error: "bad_refresh_token" });
      live.turn += 1;
      Object.assign(live, { access: `ghu_${live.turn}`, refresh: `ghr_${live.turn}` });
      const tokens = { access_token: live.access, refresh_token: live.refresh, refresh_token_expires_in: 15_897_600 };
      return Response.json({ ...tokens, token_type: "bearer", expires_in: 28_800 });
    };
    const shop = openShop({ p: github(client) }, { fetch });
    const browser = shop.visitor();
    const state = new URL(await browser.begin("sign-in-with", "p")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("p")}?code=a&state=${state}`);
    return { ...shop, live, sent, unlink: () => shop.connection.of("p:7", "p").unlink() };
  }

  it("github takes the grant of an app back by an access token", async () => {
    const { sent, told, unlink } = await appOfGithub();
    expect(await unlink()).toBe(true);
    expect(sent).toEqual(["ghu_1"]);
    expect(told()).not.toContain("revocation-failed");
  });

  it("github takes it back by a fresh one where the kept one has expired", async () => {
    const { runtime, sent, told, unlink } = await appOfGithub();
    runtime.advance("8h");
    expect(await unlink()).toBe(true);
    expect(sent).toEqual(["ghu_2"]);
    expect(told()).not.toContain("revocation-failed");
  });

  it("github says nothing of a grant that may live on: where no token is good, or it has failed, there is an event", async () => {
    const cases = [
      { hours: "8h", refresh: "another", status: 204, events: 1 },
      { hours: "1h", refresh: "another", status: 204, events: 0 },
      { hours: "1h", refresh: "another", status: 503, events: 1 },
      { hours: "1h", refresh: "another", status: 422, events: 0 },
    ] as const;
    for (const { hours, events, ...change } of cases) {
      const { runtime, live, told, unlink } = await appOfGithub();
      Object.assign(live, change);
      runtime.advance(hours);
      expect(await unlink()).toBe(true);
      const failures = told().filter((event) => event === "revocation-failed").length;
      expect([hours, change, failures]).toEqual([hours, change, events]);
    }
  });
});

describe("What a provider answers", () => {
  it("is asked for again when an hour has passed, once for all who wait", async () => {
    const play = played("https://accounts.google.com");
    const { visitor, runtime } = openShop({ p: google(client) }, { fetch: play.fetch });
    const discoveries = () => play.asked.filter(({ url }) => url.includes("/.well-known/")).length;
    await Promise.all([1, 2, 3].map(() => visitor().begin("sign-in-with", "p")));
    runtime.advance(3_599_999);
    await visitor().begin("sign-in-with", "p");
    expect(discoveries()).toBe(1);
    runtime.advance(1);
    await visitor().begin("sign-in-with", "p");
    expect(discoveries()).toBe(2);
  });

  it("O6 is kept by no framework for the next user, and no redirect of it is followed", async () => {
    for (const provider of [github(client), gitlab(client)]) {
      const play = played(provider.issuer, { id: 7 });
      await signIn(provider, play, provider.profile ? null : { sub: "anna" });
      expect(play.asked.length).toBeGreaterThan(1);
      for (const { init } of play.asked) expect(init).toMatchObject({ cache: "no-store", redirect: "manual" });
    }
  });

  it("sends the browser to nothing that is no address of the web", async () => {
    const play = played("https://accounts.google.com");
    for (const address of ["javascript:alert(1)//", "http://accounts.google.com/authorize", "data:text/html,"]) {
      const fetch: Fetch = async (url, init) => {
        const metadata = (await (await play.fetch(url, init)).json()) as object;
        return Response.json({ ...metadata, authorization_endpoint: address });
      };
      const { visitor } = openShop({ p: google(client) }, { fetch });
      expect((await visitor().request("/sign-in-with", { provider: "p" })).status).toBe(503);
    }
  });

  it("is not read without end", async () => {
    const chunk = new Uint8Array(65_536).fill(32);
    let sent = 0;
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 1;
          controller.enqueue(chunk);
        },
      });
    const { visitor } = openShop({ p: google(client) }, { fetch: async () => new Response(endless()) });
    const response = await visitor().request("/sign-in-with", { provider: "p" });
    expect(response.status).toBe(503);
    expect(sent).toBeLessThan(20);
  });

  it("G14 is in no error: a token that came with something wrong is not told", async () => {
    const play = played("https://accounts.google.com");
    const fetch: Fetch = async (url, init) =>
      /token$/.test(url) && /refresh/.test(String(init.body))
        ? Response.json({ access_token: "a very secret token", expires_in: 600 }) // no token_type
        : play.fetch(url, init);
    const { visitor, connection, runtime } = openShop({ p: google(client) }, { fetch: withRefresh(fetch) });
    const browser = visitor();
    const { nonce, state = "" } = Object.fromEntries(new URL(await browser.begin("sign-in-with", "p")).searchParams);
    play.claims = { nonce, sub: "anna" };
    await browser.comeBack(`${callbackOf("p")}?${new URLSearchParams({ code: "a code", state })}`);
    runtime.advance(600_000);
    const error = await connection
      .of("p:anna", "p")
      .accessToken()
      .catch((reason) => reason);
    const { inspect } = await import("node:util");
    expect(error).toMatchObject({ code: "CONNECTION_UNAVAILABLE" });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("a very secret token");
  });
});

/** Adds a refresh token to what is granted. */
function withRefresh(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!/token$/.test(url) || /refresh/.test(String(init.body))) return response;
    return Response.json({ ...((await response.json()) as object), refresh_token: "a refresh token" });
  };
}
