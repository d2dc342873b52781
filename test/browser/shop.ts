import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

export const chromiumPath = "/usr/bin/chromium";
export const account = { email: "demo@coatcheck.dev", password: "evening light on paper" };
export const teacher = { email: "ines@coatcheck.dev", password: "a jar by the window" };
export const administrator = { email: "admin@coatcheck.dev", password: "lamps along the river" };

const root = join(import.meta.dirname, "../..");
const pictures = join(root, "test-results/course");
// Without these Chromium looks for Google's hosts, which a closed network refuses many times a second.
const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Whether the machine has the browser, or why the tests that need it cannot run. */
export const hasChromium = () => existsSync(chromiumPath) || `is not at ${chromiumPath} (apt-get install chromium)`;

/** The demo, as `npm run demo` serves it. */
export interface Shop {
  readonly url: string;
  /** Where the library is that accounts are connected to. */
  readonly library: string;
  close(): Promise<void>;
}

/**
 * Builds the demo where that is due and serves it on a free port, with this file as its database. The sessions are in the
 * file too, or where `databaseUrl` says. `settings` are more variables of its environment.
 */
export async function openShop(databaseFile: string, databaseUrl = "", settings = {}): Promise<Shop> {
  const port = await freePort();
  const server = spawn(process.execPath, ["scripts/demo.mjs", "--port", String(port)], {
    cwd: root,
    env: { ...process.env, DATABASE_FILE: databaseFile, DATABASE_URL: databaseUrl, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = `http://localhost:${port}`;
  const banner = await printed(server, "Press Ctrl-C");
  const library = /connected to: (\S+)/.exec(banner)?.[1] ?? "";
  return { url, library, close: () => stop(server) };
}

export function openBrowser(): Promise<Browser> {
  mkdirSync(pictures, { recursive: true });
  return chromium.launch({ executablePath: chromiumPath, args: flags.split(" ") });
}

/** What the tests of a file share: a shop with a database of its own, and a browser. */
export interface Stage {
  readonly shop: Shop;
  readonly folder: string;
  readonly databaseFile: string;
  /** A browser that nobody is signed in on. */
  openContext(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Sets the stage before the tests of this `describe`, and clears it away after them. `settings` are those of the shop. */
export function openStage(name: string, settings = {}): Stage {
  const folder = mkdtempSync(join(tmpdir(), `coatcheck-${name}-`));
  const databaseFile = join(folder, "course.db");
  let opened: Shop;
  let browser: Browser;

  beforeAll(async () => {
    opened = await openShop(databaseFile, "", settings);
    browser = await openBrowser();
  }, 900_000);

  afterAll(async () => {
    await browser?.close();
    await opened?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    shop: {
      get url() {
        return opened.url;
      },
      get library() {
        return opened.library;
      },
      close: () => opened.close(),
    },
    folder,
    databaseFile,
    openContext: (options) => browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }),
  };
}

/** Takes a picture for people to look at: of a wide window and of a telephone. */
export async function shoot(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const [kind, width, height] of [
    ["wide", 1280, 800],
    ["narrow", 390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(pictures, `${name}-${kind}.png`), fullPage: true });
  }
  if (size) await page.setViewportSize(size);
}

/** The value of the session cookie, as a thief would have it. */
export async function sessionCookie(context: BrowserContext): Promise<string> {
  const cookies = await context.cookies();
  return cookies.find(({ name }) => name === "session")?.value ?? "";
}

/** What the shop shows to somebody who presents this cookie: the public view, the seats in the cart, the account page. */
export async function replay(shop: Shop, cookie: string) {
  const headers = { cookie: `session=${cookie}` };
  const get = (path: string) => fetch(shop.url + path, { headers, redirect: "manual" });
  const [session, cart, accountPage] = await Promise.all([get("/api/session"), get("/api/cart"), get("/account")]);
  return {
    session: (await session.json()) as { userId: string } | null,
    seats: ((await cart.json()) as { seats: number }).seats,
    accountStatus: accountPage.status,
  };
}

/** What a stranger sees. */
export const nothing = { session: null, seats: 0, accountStatus: 307 };

/** Waits for a page, whatever the query. */
export function arrive(page: Page, path: string): Promise<void> {
  return page.waitForURL((url) => url.pathname === path);
}

export async function addToCart(page: Page, shop: Shop, slug: string): Promise<void> {
  await page.goto(`${shop.url}/courses/${slug}`);
  await page.getByRole("button", { name: /^Add/ }).click();
  await page.locator(".notice", { hasText: "is in your cart" }).waitFor();
}

export async function signIn(page: Page, password = account.password, email = account.email): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Goes from the first step of the checkout to the last one. */
export async function fillBilling(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Continue to billing" }).click();
  await page.getByLabel("Street and number").fill("Rue des Lilas 4");
  await page.getByLabel("Postcode").fill("75011");
  await page.getByLabel("Town or city").fill("Paris");
  await page.getByLabel("Country", { exact: true }).selectOption("FR");
  await page.getByRole("button", { name: "Review the order" }).click();
  await arrive(page, "/checkout/review");
}

/** Goes on to the payment. */
export async function placeOrder(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Place the order" }).click();
  await page.getByRole("heading", { name: "Test payment" }).waitFor();
}

/** Buys a course from the cart to the order; signs in on the way. */
export async function buy(page: Page, shop: Shop, slug: string): Promise<void> {
  await addToCart(page, shop, slug);
  await page.goto(`${shop.url}/cart`);
  await page.getByRole("link", { name: "Check out" }).click();
  await signIn(page);
  await fillBilling(page);
  await placeOrder(page);
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.getByText("Thank you. Your order is paid.").waitFor();
}

/** Waits for a text, and answers all that was said until then. */
function printed(server: ChildProcess, text: string): Promise<string> {
  let out = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      out += chunk;
      if (out.includes(text)) resolve(out);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("exit", (code) => reject(new Error(`The demo ended with ${code}:\n${out}`)));
  });
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    if (server.exitCode !== null || !server.kill("SIGINT")) resolve();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "localhost", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
