import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { chromiumPath, openBrowser } from "../browser/shop.ts";
import { buildFolder, packPackage, type RunningApp, startFolder } from "../next/app-folder.ts";
import { type CountedStore, startCountedStore } from "../next/counted-store.ts";
import { describeWith } from "../require-services.ts";
import { type OpenidProvider, startOpenidProvider } from "./openid-provider.ts";

const apps = join(import.meta.dirname, "../next/apps");

function canRun(folder: string): true | string {
  if (!existsSync(chromiumPath)) return `is not at ${chromiumPath} (apt-get install chromium)`;
  if (!existsSync(join(folder, "node_modules/next-auth/package.json")))
    return `is not installed in ${folder.slice(folder.indexOf("test/next"))}: node scripts/install-test-folders.mjs`;
  return true;
}

/** The proxy of the application. Next 16 runs it in Node; the one before has to be asked to. */
function proxyFile(major: 4 | 5): Record<string, string> {
  const [name, runtime] = major === 5 ? ["proxy", ""] : ["middleware", ', runtime: "nodejs"'];
  const lines = [
    'import { handleProxy } from "./lib/at-proxy.js";',
    `export function ${name}(request, event) { return handleProxy(request, event); }`,
    `export const config = { matcher: ["/at-proxy"]${runtime} };`,
  ];
  return { [`${name}.js`]: lines.join("\n") };
}

/** An application with Auth.js, built and running, and a browser that visits it. */
class Stage {
  readonly folder: string;
  readonly #major: 4 | 5;
  #contexts: BrowserContext[] = [];
  app!: RunningApp;
  store!: CountedStore;
  browser!: Browser;
  provider: OpenidProvider | undefined;

  constructor(major: 4 | 5) {
    this.#major = major;
    this.folder = join(apps, `authjs-${major}`);
  }

  async open(): Promise<void> {
    const here = import.meta.dirname;
    const sources = [
      { from: join(here, "../next/app/lib/http-store.js"), to: "lib/http-store.js" },
      { from: join(here, "app-shared"), to: "." },
      { from: join(here, `app-${this.#major}`), to: "." },
    ];
    // Auth.js 5 imports "next/server", which Node alone cannot: the Pages Router has to bundle it.
    const root =
      this.#major === 5
        ? 'turbopack: { root: import.meta.dirname }, transpilePackages: ["next-auth"]'
        : "outputFileTracingRoot: import.meta.dirname";
    const config = `export default { ${root} };\n`;
    // COATCHECK_REUSE_BUILD=1 starts what the last run has built, for whoever works on the journeys.
    if (process.env.COATCHECK_REUSE_BUILD !== "1")
      await buildFolder(this.folder, await packPackage(), sources, {
        "next.config.mjs": config,
        ...proxyFile(this.#major),
      });
    this.store = await startCountedStore();
    if (this.#major === 5) this.provider = await startOpenidProvider(this.folder, () => this.app.origin);
    const provider = this.provider ? { OIDC_ISSUER: this.provider.issuer } : {};
    this.app = await startFolder(this.folder, (origin) => ({
      ...provider,
      STORE_URL: this.store.url,
      ORIGIN: origin,
      NEXTAUTH_URL: origin,
    }));
    this.browser = await openBrowser();
  }

  async close(): Promise<void> {
    await this.browser?.close();
    this.app?.stop();
    this.provider?.close();
    this.store?.close();
  }

  async page(): Promise<Page> {
    const context = await this.browser.newContext();
    this.#contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${this.app.origin}/`);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }
}

/** What a page says of itself. */
async function shown(page: Page) {
  await page.waitForSelector("#state");
  return JSON.parse((await page.textContent("#state")) ?? "");
}

/** Presses a button of the page, whose Server Action answers, and looks at the page anew. */
async function press(page: Page, name: string): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name, exact: true }).click();
  await answered; // with its cookies
  await page.goto(new URL("/", page.url()).href);
}

/** Both sides, wherever they can be asked, say that it is this user, or nobody. */
async function expectBoth(page: Page, stage: Stage, userId: string | null): Promise<void> {
  await page.goto(`${stage.app.origin}/`);
  expect(await shown(page)).toMatchObject({ theirs: userId, ours: userId });
  const { origin } = stage.app;
  const ask = async (path: string) => (await page.request.get(origin + path)).json();
  expect((await ask("/api/ours")).ours).toBe(userId);
  expect((await ask("/api/session"))?.userId ?? null).toBe(userId);
  const theirs = await ask("/api/auth/session");
  expect(Boolean(theirs?.user)).toBe(userId !== null);
  expect(JSON.stringify(theirs)).not.toContain("sessionToken");
  await page.goto(`${origin}/ssp`);
  expect(await shown(page)).toEqual({ ours: userId });
  await page.goto(`${origin}/`);
}

async function cookieNamed(page: Page, name: string): Promise<string | undefined> {
  return (await page.context().cookies()).find((cookie) => cookie.name === name)?.value;
}

/** What holds for both versions. */
function journeys(stage: Stage, signIn: (page: Page) => Promise<void>, signOutTheirs: (page: Page) => Promise<void>) {
  it("R-A10 a cart before sign-in, sign-in, the cart kept, sign-out of theirs: both agree at each step", async () => {
    const page = await stage.page();
    await expectBoth(page, stage, null);
    await press(page, "Add to cart");
    expect((await shown(page)).cart).toEqual(["item 1"]);
    const anonymous = await cookieNamed(page, "session");
    await signIn(page);
    await expectBoth(page, stage, "ada");
    expect(await shown(page)).toMatchObject({ cart: ["item 1"], user: { name: "Ada" } });
    expect(await cookieNamed(page, "session")).toBe(anonymous); // reading binds nothing
    await press(page, "Add to cart");
    expect(await shown(page)).toMatchObject({ ours: "ada", cart: ["item 1", "item 2"] });
    expect(await cookieNamed(page, "session")).not.toBe(anonymous);
    await expectBoth(page, stage, "ada");
    await signOutTheirs(page);
    await expectBoth(page, stage, null);
    expect((await shown(page)).cart).toEqual([]);
    expect(await cookieNamed(page, "session")).toBeUndefined();
  });

  it("the proxy agrees with both, and a write there binds the session", async () => {
    const page = await stage.page();
    const atProxy = (method: string) =>
      page.evaluate(async (how) => (await fetch("/at-proxy", { method: how })).json(), method);
    expect(await atProxy("GET")).toEqual({ ours: null, cart: [] });
    await press(page, "Add to cart");
    await signIn(page);
    const anonymous = await cookieNamed(page, "session");
    expect(await atProxy("GET")).toEqual({ ours: "ada", cart: ["item 1"] });
    expect(await cookieNamed(page, "session")).toBe(anonymous);
    expect(await atProxy("POST")).toEqual({ ours: "ada", cart: ["item 1", "item 2"] });
    expect(await cookieNamed(page, "session")).not.toBe(anonymous);
    await expectBoth(page, stage, "ada");
    expect(await shown(page)).toMatchObject({ cart: ["item 1", "item 2"] });
    await signOutTheirs(page);
    expect(await atProxy("GET")).toEqual({ ours: null, cart: [] });
  });

  it("sign-out of ours signs out of theirs", async () => {
    const page = await stage.page();
    await signIn(page);
    await press(page, "Add to cart");
    await expectBoth(page, stage, "ada");
    await press(page, "Sign out of ours");
    await expectBoth(page, stage, null);
    expect(
      await cookieNamed(page, stage.provider ? "authjs.session-token" : "next-auth.session-token"),
    ).toBeUndefined();
  });

  it("so does the sign-out action of ours, called by a script of the page", async () => {
    const page = await stage.page();
    await signIn(page);
    await expectBoth(page, stage, "ada");
    const status = await page.evaluate(async () => (await fetch("/api/session/signout", { method: "POST" })).status);
    expect(status).toBe(200);
    await expectBoth(page, stage, null);
  });

  it("G7: one render asks once who it is, and reads our session once", async () => {
    const page = await stage.page();
    await signIn(page);
    await press(page, "Add to cart");
    stage.store.taken();
    await page.request.get(`${stage.app.origin}/ours`);
    const taken = stage.store.taken();
    expect(taken.filter((call) => call === "identity")).toHaveLength(1);
    expect(taken.filter((call) => call === "find")).toHaveLength(stage.provider ? 2 : 1); // theirs is kept by us, too
    expect(taken.filter((call) => !["identity", "find"].includes(call))).toEqual([]);
  });

  it("turns a stranger away from a page that requires a user", async () => {
    const page = await stage.page();
    const answer = await page.request.get(`${stage.app.origin}/ours`, { maxRedirects: 0 });
    expect([307, 200]).toContain(answer.status());
    expect(await answer.text()).not.toContain('id="state"');
  });

  it("G14: printed no token, and nothing went wrong", () => {
    expect(stage.app.log()).not.toMatch(/ccs_|Cannot set headers|ERR_HTTP_HEADERS_SENT|unhandled|\[auth\]\[error\]/i);
  });
}

const five = new Stage(5);
await describeWith(
  "Auth.js 5 in Chromium",
  () => canRun(five.folder),
  () => {
    beforeAll(() => five.open(), 600_000);
    afterEach(() => five.closePages());
    afterAll(() => five.close());

    const signIn = (page: Page) => press(page, "Sign in with a password");
    const signOut = (page: Page) => press(page, "Sign out of theirs");

    it("signs in with a password to a session in our store: its cookie is no JWT, and opens nothing by itself", async () => {
      const page = await five.page();
      await signIn(page);
      await expectBoth(page, five, "ada");
      const token = await cookieNamed(page, "authjs.session-token");
      expect(token).toMatch(/^[\w-]{43}$/);
      const records = (await five.store.records.byUser?.list("ada", Date.now())) ?? [];
      expect(records).toHaveLength(1);
      expect(JSON.parse(records[0]?.device ?? "null").name).toMatch(/Chrom/);
      expect(JSON.stringify(records)).not.toContain(token);
      await press(page, "Sign out everywhere");
      await expectBoth(page, five, null);
    });

    it("signs in through an OpenID provider, and out again", async () => {
      const page = await five.page();
      await page.goto(`${five.app.origin}/api/auth/signin`);
      await page.getByRole("button", { name: /Loopback/ }).click();
      await page.fill("input[name=login]", "grace");
      await page.fill("input[name=password]", "any");
      await page.click("button[type=submit]");
      await page.getByRole("button", { name: /Continue/i }).click();
      await page.waitForURL(`${five.app.origin}/**`);
      await expectBoth(page, five, "from-grace@provider.example");
      await press(page, "Add to cart");
      await expectBoth(page, five, "from-grace@provider.example");
      await signOut(page);
      await expectBoth(page, five, null);
    });

    journeys(five, signIn, signOut);
  },
);

const four = new Stage(4);
await describeWith(
  "NextAuth 4 in Chromium",
  () => canRun(four.folder),
  () => {
    beforeAll(() => four.open(), 600_000);
    afterEach(() => four.closePages());
    afterAll(() => four.close());

    journeys(
      four,
      async (page) => {
        await page.goto(`${four.app.origin}/api/auth/signin?callbackUrl=%2F`);
        await page.fill("input[name=id]", "ada");
        await page.fill("input[name=password]", "lovelace");
        await page.click("button[type=submit]");
        await page.waitForURL(`${four.app.origin}/`);
      },
      async (page) => {
        await page.goto(`${four.app.origin}/api/auth/signout?callbackUrl=%2F`);
        await page.click("button[type=submit]");
        await page.waitForURL(`${four.app.origin}/`);
      },
    );
  },
);
