import { join } from "node:path";
import Database from "libsql";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import {
  account,
  administrator,
  arrive,
  hasChromium,
  nothing,
  openShop,
  openStage,
  replay,
  sessionCookie,
  shoot,
  signIn,
} from "./shop.ts";

/** A browser of its own, with two tabs. */
interface Device {
  readonly context: BrowserContext;
  readonly tab: Page;
  readonly other: Page;
}

await describeWith("Chromium, signed in everywhere", hasChromium, () => {
  const { shop, folder, databaseFile, openContext } = openStage("signed-in");
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    run("DELETE FROM coatcheck_sessions");
    expect(complaints.splice(0)).toEqual([]);
  });

  /** Opens a device that nobody is signed in on, with the catalogue in both of its tabs. */
  async function openDevice(at = shop): Promise<Device> {
    const context = await openContext();
    contexts.push(context);
    context.on("weberror", (error) => complaints.push(error.error().message));
    const [tab, other] = [await context.newPage(), await context.newPage()];
    await Promise.all([tab, other].map((page) => page.goto(`${at.url}/`)));
    return { context, tab, other };
  }

  /** Opens a device with somebody signed in on it, and this page in both tabs. */
  async function openSignedIn(path: string, who = account, at = shop): Promise<Device> {
    const device = await openDevice(at);
    await device.tab.goto(`${at.url}/sign-in`);
    await signIn(device.tab, who.password, who.email);
    await arrive(device.tab, "/account");
    for (const page of [device.tab, device.other]) await page.goto(at.url + path);
    return device;
  }

  function run(sql: string): void {
    const database = new Database(databaseFile);
    database.exec("PRAGMA busy_timeout = 2000");
    database.exec(sql);
    database.close();
  }

  it("shows a sign-in of one tab in the other one, without a reload", async () => {
    const { tab, other } = await openDevice();
    await other.evaluate("globalThis.isSamePage = true");
    await tab.getByRole("link", { name: "Sign in" }).click();
    await signIn(tab);
    await other.getByRole("link", { name: "Dana" }).waitFor();
    expect(await other.evaluate("globalThis.isSamePage")).toBe(true);
  });

  it("signs the screen of the other tab out with the first one, private page and all", async () => {
    const { tab, other } = await openSignedIn("/account");
    expect(await other.getByText(account.email).count()).toBe(1);
    await tab.getByRole("button", { name: "Sign out", exact: true }).click();
    await arrive(tab, "/sign-in");
    await arrive(other, "/sign-in");
    await other.getByText("You were signed out: in another tab").waitFor();
    expect(await other.getByText(account.email).count()).toBe(0);
    // The tab that did it says so in its own words, and only in these.
    expect(await tab.locator(".notice").allTextContents()).toEqual([expect.stringContaining("You have signed out.")]);
  });

  it("revokes another device, which is out at its next request and says so in both tabs (G11)", async () => {
    const [laptop, telephone] = [await openSignedIn("/account/devices"), await openSignedIn("/account")];
    const cookie = await sessionCookie(telephone.context);
    await laptop.tab.reload();
    await laptop.tab.getByRole("button", { name: "Sign out Chrome" }).click();
    await laptop.tab.getByText("Chrome on Linux is signed out.").waitFor();
    expect(await laptop.tab.locator(".browsers li").count()).toBe(1);
    expect(await replay(shop, cookie)).toEqual(nothing);

    await telephone.tab.getByRole("link", { name: "Your devices" }).click();
    await arrive(telephone.tab, "/sign-in");
    await telephone.tab.getByText("You were signed out: in another tab, on another device").waitFor();
    await arrive(telephone.other, "/sign-in");
    await telephone.other.getByRole("link", { name: "Sign in" }).waitFor();
    expect((await replay(shop, await sessionCookie(laptop.context))).accountStatus).toBe(200);
  });

  it("asks before an idle session ends, in both tabs, and one answer is one request", async () => {
    // The question comes 5 seconds after a request, and leaves a minute for the answer.
    const hasty = await openShop(join(folder, "hasty.db"), "", { IDLE_TIMEOUT: "70s", EXPIRY_WARNING: "65s" });
    try {
      const { context, tab, other } = await openSignedIn("/", account, hasty);
      const touches: string[] = [];
      context.on("request", (request) => request.url().endsWith("/touch") && touches.push(request.method()));
      const dialogs = [tab, other].map((page) => page.getByRole("alertdialog", { name: "Are you still there?" }));
      await Promise.all(dialogs.map((dialog) => dialog.waitFor()));
      await shoot(tab, "expiry");
      await tab.getByRole("button", { name: "Stay signed in" }).press("Enter");
      await Promise.all(dialogs.map((dialog) => dialog.waitFor({ state: "hidden" })));
      expect(touches).toEqual(["POST"]);
      // And who has had enough leaves by the same dialog.
      await Promise.all(dialogs.map((dialog) => dialog.waitFor()));
      await other.getByRole("button", { name: "Sign out now" }).click();
      await Promise.all(dialogs.map((dialog) => dialog.waitFor({ state: "hidden" })));
      expect(await sessionCookie(context)).toBe("");
    } finally {
      await hasty.close();
    }
  });

  it("asks for the password before it is changed; then the other device is out and this one has another token", async () => {
    const iris = { email: "iris@example.org", password: "a lamp in the window" };
    const laptop = await openDevice();
    await laptop.tab.goto(`${shop.url}/sign-up`);
    await laptop.tab.getByLabel("Your name").fill("Iris Novak");
    await laptop.tab.getByLabel("E-mail address").fill(iris.email);
    await laptop.tab.getByLabel("Password").fill(iris.password);
    await laptop.tab.getByRole("button", { name: "Make an account" }).click();
    await arrive(laptop.tab, "/account");
    const telephone = await openSignedIn("/account", iris);
    run("UPDATE coatcheck_sessions SET authenticated_at = authenticated_at - 601000");

    const { tab } = laptop;
    await tab.getByRole("link", { name: "Change your password" }).click();
    await tab.getByRole("heading", { name: "Is it you?" }).waitFor();
    await tab.getByLabel("Password of").fill("not the password");
    await tab.getByRole("button", { name: "Go on" }).click();
    await tab.getByText("That is not your password.").waitFor();
    await shoot(tab, "confirm");
    const before = await sessionCookie(laptop.context);
    await tab.getByLabel("Password of").fill(iris.password);
    await tab.getByRole("button", { name: "Go on" }).click();
    await arrive(tab, "/account/password");
    const confirmed = await sessionCookie(laptop.context);
    expect(confirmed).not.toBe(before);
    expect(await replay(shop, before)).toEqual(nothing);

    await tab.getByLabel("New password").fill("short");
    await tab.getByRole("button", { name: "Change the password" }).click();
    await tab.getByText("At least 10 characters; a few words make a good one.").and(tab.locator(".error")).waitFor();
    await shoot(tab, "password");
    await tab.getByLabel("New password").fill("a window in the lamp");
    await tab.getByRole("button", { name: "Change the password" }).click();
    await tab.getByText("Your password is changed. One other device is signed out.").waitFor();
    const changed = await sessionCookie(laptop.context);
    expect(changed).not.toBe(confirmed);
    expect(await replay(shop, confirmed)).toEqual(nothing);
    expect((await replay(shop, changed)).accountStatus).toBe(200);

    expect(await replay(shop, await sessionCookie(telephone.context))).toEqual(nothing);
    await telephone.tab.goto(`${shop.url}/account`);
    await signIn(telephone.tab, iris.password, iris.email);
    await telephone.tab.getByText("do not go together").waitFor();
    await signIn(telephone.tab, "a window in the lamp", iris.email);
    await arrive(telephone.tab, "/account");
  });

  it("lets an administrator act as a customer: with a banner everywhere, without the customer's proof, until they stop", async () => {
    const customer = await openSignedIn("/account");
    const { context, tab, other } = await openSignedIn("/admin", administrator);
    await other.goto(`${shop.url}/`);
    const dana = tab.locator(".people > li", { hasText: account.email });
    await dana.locator("summary").click();
    await dana.getByLabel("Reason").fill("Ticket 4711");
    await dana.getByRole("button", { name: "Act as Dana Moreau" }).click();
    await arrive(tab, "/account");
    const banners = [tab, other].map((page) => page.getByText("You are acting as Dana Moreau"));
    await Promise.all(banners.map((banner) => banner.waitFor()));
    await shoot(tab, "acting");
    const acting = await sessionCookie(context);

    await tab.getByRole("link", { name: "Change your password" }).click();
    await tab.getByRole("heading", { name: "Only Dana Moreau can do that" }).waitFor();
    const admin = await fetch(`${shop.url}/admin`, { headers: { cookie: `session=${acting}` } });
    expect(admin.status).toBe(404);
    await tab.goto(`${shop.url}/classic-cart`);
    await tab.getByText("You are acting as Dana Moreau").waitFor();

    await tab.getByRole("button", { name: "Stop" }).click();
    await arrive(tab, "/admin");
    await Promise.all(banners.map((banner) => banner.waitFor({ state: "hidden" })));
    await other.getByRole("link", { name: "Alma" }).waitFor();
    expect(await replay(shop, acting)).toEqual(nothing);
    for (const text of ["impersonation started (Ticket 4711)", "impersonation ended (by holder)"]) {
      const row = tab.getByRole("row", { name: `${text} Dana Moreau Alma Winter` });
      expect([text, await row.count()]).toEqual([text, 1]);
    }
    await shoot(tab, "admin");
    expect((await replay(shop, await sessionCookie(customer.context))).accountStatus).toBe(200);
  });

  it("shows the administration to nobody else, and lets an administrator end a session", async () => {
    const customer = await openSignedIn("/account");
    expect((await customer.tab.goto(`${shop.url}/admin`))?.status()).toBe(404);
    const { tab } = await openSignedIn("/admin", administrator);
    await tab.getByRole("button", { name: "of Dana Moreau" }).click();
    await tab.getByText("That session is ended.").waitFor();
    expect(await replay(shop, await sessionCookie(customer.context))).toEqual(nothing);
    await tab.getByRole("row", { name: "revoked (by an administrator) Dana Moreau Alma Winter" }).waitFor();
  });

  it("remembers only whom it was asked to: otherwise the cookie ends with the browser", async () => {
    for (const isRemembered of [true, false]) {
      const { context, tab } = await openDevice();
      await tab.goto(`${shop.url}/sign-in`);
      await tab.getByLabel("Remember me on this device").setChecked(isRemembered);
      await signIn(tab);
      await arrive(tab, "/account");
      const cookie = (await context.cookies()).find(({ name }) => name === "session");
      expect((cookie?.expires ?? 0) > 0).toBe(isRemembered);
    }
  });

  it("ends one, the others, and all sessions without JavaScript, too", async () => {
    const others = [await openSignedIn("/account"), await openSignedIn("/account"), await openSignedIn("/account")];
    const plain = await openContext({ javaScriptEnabled: false });
    contexts.push(plain);
    const tab = await plain.newPage();
    await tab.goto(`${shop.url}/sign-in?returnTo=/account/devices`);
    await signIn(tab);
    await arrive(tab, "/account/devices");
    const late = await plain.newPage();
    await late.goto(tab.url());
    await tab.getByRole("button", { name: "Sign out Chrome" }).first().click();
    await tab.getByText("It is signed out.").waitFor();
    await late.getByRole("button", { name: "Sign out Chrome" }).first().click();
    await late.getByText("It was not signed in any more.").waitFor();
    expect(await tab.locator(".browsers li").count()).toBe(3);
    await tab.getByRole("button", { name: "Sign out everywhere else" }).click();
    await tab.getByText("2 other devices are signed out.").waitFor();
    for (const { context } of others) expect(await replay(shop, await sessionCookie(context))).toEqual(nothing);
    const cookie = await sessionCookie(plain);
    await tab.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
    await tab.getByText("You have signed out everywhere.").waitFor();
    expect(await replay(shop, cookie)).toEqual(nothing);
  });
});
