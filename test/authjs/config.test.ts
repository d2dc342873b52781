import { expect, it, vi } from "vitest";
import { authjsConfig } from "../../src/adapters/authjs/index.ts";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { world } from "../support/world.ts";
import { authCore, hasAuthjs } from "./auth-core.ts";
import { memoryUsers } from "./users.ts";

const ada = { id: "ada", name: "Ada", email: "ada@shop.example", emailVerified: null };
const origin = "https://shop.example";

/** Auth.js over our sessions, and a browser that visits it. */
async function site(more: Record<string, unknown> = {}, options: Parameters<typeof world>[0] = {}) {
  const { Auth, credentials } = await authCore();
  const made = world({ runtime: { now: Date.now } as never, ...options }); // Auth.js has a clock of its own
  const { users, adapter } = memoryUsers();
  users.set(ada.id, ada);
  let cookies = new Map<string, string>();
  const headers = () => new Headers({ cookie: cookieHeader(cookies), "user-agent": "curl/8.5.0" });
  const config = authjsConfig(
    made.sessions,
    {
      adapter,
      providers: [credentials({ authorize: ({ id }: { id: string }) => users.get(id) ?? null })],
      secret: "a secret that is long enough for this",
      trustHost: true,
      basePath: "/api/auth",
      logger: { error: (error: Error) => errors.push(error) },
      ...more,
    },
    { headers },
  );
  const errors: Error[] = [];
  async function call(path: string, body?: Record<string, string>) {
    const init = body ? { method: "POST", body: new URLSearchParams(body) } : {};
    const request = new Request(`${origin}/api/auth${path}`, { ...init, headers: headers() });
    const response = await Auth(request, config);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  const post = async (path: string, body: Record<string, string> = {}) => {
    const { csrfToken } = (await (await call("/csrf")).json()) as { csrfToken: string };
    return call(path, { ...body, csrfToken });
  };
  return {
    ...made,
    errors,
    call,
    post,
    config,
    signIn: (id = ada.id) => post("/callback/credentials", { id }),
    session: async () => (await call("/session")).json(),
    token: () => cookies.get("__Secure-authjs.session-token"),
    forget: () => {
      const had = cookies;
      cookies = new Map();
      return had;
    },
  };
}

function cookieHeader(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

await describeWith("Auth.js 5", hasAuthjs, () => {
  it("signs in with Credentials alone, to a session in our store, and out again", async () => {
    const { signIn, session, sessions, token, post } = await site();
    await signIn();
    expect(await session()).toMatchObject({ user: { email: ada.email } });
    expect(token()).toMatch(/^[\w-]{43}$/);
    expect(await sessions.list(ada.id)).toMatchObject([{ device: { name: "curl" } }]);
    await post("/signout");
    expect(token()).toBeUndefined();
    expect(await session()).toBeNull();
    expect(await sessions.list(ada.id)).toEqual([]);
  });

  it("is needed: of Auth.js itself the same is refused", async () => {
    const { config } = await site();
    const { Auth } = await authCore();
    const said = { ...config, session: { strategy: "database" }, logger: { error: () => undefined } };
    expect((await Auth(new Request(`${origin}/api/auth/session`), said)).status).toBe(500);
    const unsaid = { ...config, jwt: {}, callbacks: {}, session: {} };
    const answer = await Auth(new Request(`${origin}/api/auth/session`), unsaid);
    expect(answer.status).toBe(200); // it starts, but a sign-in makes a JWT, which the database does not know
  });

  it("ends what is revoked at the next request", async () => {
    const { signIn, session, sessions } = await site();
    await signIn();
    await sessions.revokeUser(ada.id);
    expect(await session()).toBeNull();
  });

  it("ends the session that the browser had when it signs in again", async () => {
    const { signIn, sessions, token } = await site();
    await signIn();
    const first = token();
    await signIn();
    expect(token()).not.toBe(first);
    expect(await sessions.list(ada.id)).toHaveLength(1);
  });

  it("asks the application's jwt callback, which may refuse", async () => {
    const jwt = vi.fn(() => null);
    const { signIn, session, sessions } = await site({ callbacks: { jwt } });
    await signIn();
    expect(jwt).toHaveBeenCalledOnce();
    expect(await session()).toBeNull();
    expect(await sessions.list(ada.id)).toEqual([]);
  });

  it("G14: a session callback that spreads everything shows the browser no token", async () => {
    const spread = ({ session }: { session: object }) => session;
    const { signIn, session, token } = await site({ callbacks: { session: spread } });
    await signIn();
    const shown = JSON.stringify(await session());
    expect(shown).toContain(ada.email);
    expect(shown).not.toContain(token());
    expect(shown).not.toContain("sessionToken");
  });

  it("G8: nobody is signed in, and no cookie is lost, while the store is down", async () => {
    const store = failingStore(memoryStore());
    const { signIn, token, session, errors } = await site({}, { store });
    await signIn();
    const held = token();
    store.fail("find", "refuse");
    expect(await session()).toBeNull(); // Auth.js makes that of a rejected promise; it logs what it was
    expect(String(errors.at(-1))).toMatch(/SessionTokenError/);
    expect(token()).toBe(held);
    store.heal();
    expect(await session()).toMatchObject({ user: { email: ada.email } });
    store.fail("create", "refuse");
    await signIn();
    expect(token()).toBe(held);
  });

  it("says what cannot be", async () => {
    const { sessions } = world();
    const { adapter } = memoryUsers();
    expect(() => authjsConfig(sessions, {})).toThrow(/adapter/);
    expect(() => authjsConfig(sessions, { adapter, session: { strategy: "jwt" } })).toThrow(/strategy/);
    const { jwt } = authjsConfig(sessions, { adapter, session: { strategy: "database" } }) as never as {
      jwt: { encode(params: object): Promise<string> };
    };
    await expect(jwt.encode({ token: { value: "state" } })).rejects.toThrow(/next-auth\/jwt/);
  });
});
