import Database from "libsql";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import {
  account,
  addToCart,
  arrive,
  hasChromium,
  nothing,
  openStage,
  replay,
  sessionCookie,
  shoot,
  signIn,
} from "./shop.ts";

await describeWith("Chromium", hasChromium, () => {
  const { shop, databaseFile, openContext } = openStage("course");
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeEach(async () => {
    context = await openContext();
    page = await context.newPage();
    complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
  });

  afterEach(async () => {
    await context.close();
    forgetTrade(databaseFile);
    expect(complaints).toEqual([]);
  });

  it("costs a stranger nothing: no page sets a cookie or makes a session", async () => {
    const pages = [
      "/",
      "/courses/letterforms",
      "/cart",
      "/sign-in",
      "/sign-up",
      "/letter",
      "/classic-cart",
      "/api/session",
    ];
    for (const path of pages) {
      const response = await fetch(shop.url + path);
      expect([path, response.status, response.headers.getSetCookie()]).toEqual([path, 200, []]);
    }
    expect(countSessions(databaseFile)).toBe(0);
    await page.goto(`${shop.url}/`);
    await shoot(page, "catalogue");
    await page.goto(`${shop.url}/?level=Advanced`);
    expect(await page.locator(".card").count()).toBe(2);
    await page.goto(`${shop.url}/cart`);
    await shoot(page, "cart-empty");
    await page.goto(`${shop.url}/nowhere`);
    await shoot(page, "not-found");
  });

  it("keeps the cart at sign-in, under a new token; the old one is dead (G3)", async () => {
    await addToCart(page, shop, "bread-by-hand");
    await shoot(page, "course");
    await addToCart(page, shop, "letterforms");
    await page.goto(`${shop.url}/cart`);
    await page.getByRole("button", { name: "One seat more of Bread by Hand" }).click();
    await expectSeats(page, 3);
    await shoot(page, "cart");
    const anonymous = await sessionCookie(context);
    expect(await replay(shop, anonymous)).toMatchObject({ session: null, seats: 3 });

    await page.getByRole("link", { name: "Check out" }).click();
    await page.waitForURL("**/sign-in?returnTo=%2Fcheckout%2Fcontact");
    await signIn(page, "not the password");
    await page.getByText("do not go together").waitFor();
    await shoot(page, "sign-in");
    expect(await sessionCookie(context)).toBe(anonymous);
    await signIn(page);
    await arrive(page, "/checkout/contact");
    await page.getByText("Good evening, Dana Moreau.").waitFor();
    await expectSeats(page, 3);

    const signedIn = await sessionCookie(context);
    expect(signedIn).not.toBe(anonymous);
    expect(await replay(shop, anonymous)).toEqual(nothing);
    expect(await replay(shop, signedIn)).toMatchObject({ seats: 3, accountStatus: 200 });
    await page.reload();
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it("loses nothing of a checkout in several tabs at once, and places one order (G1)", async () => {
    await addToCart(page, shop, "bread-by-hand");
    await page.goto(`${shop.url}/sign-in?returnTo=/checkout/contact`);
    await signIn(page);
    await arrive(page, "/checkout/contact");
    const [billing, course] = [await context.newPage(), await context.newPage()];
    await billing.goto(`${shop.url}/checkout/billing`);
    await course.goto(`${shop.url}/courses/stories-that-end`);

    await page.getByLabel("E-mail address").fill("dana at home");
    await page.getByRole("button", { name: "Continue to billing" }).click();
    await page.getByText("does not look like an e-mail address").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe("dana at home");
    await shoot(page, "checkout-contact");
    await page.getByLabel("E-mail address").fill("dana@example.org");
    await billing.getByLabel("Street and number").fill("Rue des Lilas 4");
    await billing.getByLabel("Postcode").fill("75011");
    await billing.getByLabel("Town or city").fill("Paris");
    await billing.getByLabel("Country").selectOption("FR");
    await Promise.all([
      page.getByRole("button", { name: "Continue to billing" }).click(),
      billing.getByRole("button", { name: "Review the order" }).click(),
      course.getByRole("button", { name: "Add to cart" }).click(),
    ]);
    await arrive(page, "/checkout/billing");
    await course.locator(".notice", { hasText: "is in your cart" }).waitFor();

    await page.goto(`${shop.url}/checkout/billing`);
    expect(await page.getByLabel("Street and number").inputValue()).toBe("Rue des Lilas 4");
    expect(await page.getByLabel("Country").inputValue()).toBe("FR");
    await shoot(page, "checkout-billing");
    await page.goto(`${shop.url}/checkout/review`);
    for (const text of ["dana@example.org", "75011 Paris", "Bread by Hand", "Stories That End"]) {
      expect(await page.getByText(text).count()).toBe(1);
    }
    await shoot(page, "checkout-review");

    // What was reviewed is what is ordered: a cart that changed in between is shown again.
    await addToCart(course, shop, "bread-by-hand");
    await page.getByRole("button", { name: "Place the order" }).click();
    await page.getByText("Your cart has changed in another tab.").waitFor();
    await expectSeats(page, 3);

    await billing.goto(`${shop.url}/checkout/review`);
    await Promise.all([page, billing].map((tab) => tab.getByRole("button", { name: "Place the order" }).click()));
    await Promise.all(
      [page, billing].map((tab) => tab.waitForURL((url) => /^\/(checkout\/pay|cart)/.test(url.pathname))),
    );
    const winner = page.url().includes("/checkout/pay") ? page : billing;
    const loser = winner === page ? billing : page;
    expect(loser.url()).toContain("/cart");
    await winner.getByRole("button", { name: /^Pay/ }).click();
    await winner.getByText("Thank you. Your order is paid.").waitFor();
    expect(winner.url()).toContain("/orders/1001");
    await shoot(winner, "order");
    await page.goto(`${shop.url}/account`);
    expect(await page.locator(".orders li").count()).toBe(1);
    expect((await replay(shop, await sessionCookie(context))).seats).toBe(0);
  });

  it("shows nothing after sign-out, neither to the back button nor to the old cookie (G2)", async () => {
    await page.goto(`${shop.url}/sign-in`);
    await signIn(page);
    await arrive(page, "/account");
    await addToCart(page, shop, "letterforms");
    await page.goto(`${shop.url}/account`);
    await shoot(page, "account");
    const cookie = await sessionCookie(context);
    await signOutButton(page).click();
    await page.getByText("You have signed out.").waitFor();
    await shoot(page, "signed-out");
    expect(await sessionCookie(context)).toBe("");

    await page.goBack();
    await page.waitForURL("**/sign-in?returnTo=%2Faccount");
    expect(await page.getByText(account.email).count()).toBe(0);
    await page.goto(`${shop.url}/cart`);
    await page.getByText("Your cart is empty").waitFor();
    expect(await replay(shop, cookie)).toEqual(nothing);
  });

  it("lists the signed-in browsers, and ends one or all others at once (G11)", async () => {
    const others = await Promise.all([1, 2, 3].map(() => openContext()));
    for (const each of [context, ...others]) {
      const tab = each.pages()[0] ?? (await each.newPage());
      await tab.goto(`${shop.url}/sign-in`);
      await signIn(tab);
      await arrive(tab, "/account");
    }
    await page.goto(`${shop.url}/account/devices`);
    const before = await page.locator(".browsers li").count();
    await shoot(page, "devices");
    await page.getByRole("button", { name: "Sign out Chrome" }).first().click();
    await page.getByText("Chrome on Linux is signed out.").waitFor();
    expect(await page.locator(".browsers li").count()).toBe(before - 1);
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await page.getByText("Every other device is signed out.").waitFor();
    expect(await page.locator(".browsers li").count()).toBe(1);
    for (const other of others) expect(await replay(shop, await sessionCookie(other))).toEqual(nothing);
    await Promise.all(others.map((other) => other.close()));
  });

  it("makes an account, and turns a taken address away without saying so", async () => {
    await page.goto(`${shop.url}/sign-up?returnTo=//evil.example`);
    await page.getByRole("button", { name: "Make an account" }).click();
    await page.getByText("Tell us what to call you.").waitFor();
    await shoot(page, "sign-up");
    await page.getByLabel("Your name").fill("Iris Novak");
    await page.getByLabel("Password").fill("a lamp in the window");
    await page.getByLabel("E-mail address").fill(account.email);
    await page.getByRole("button", { name: "Make an account" }).click();
    await page.getByText("We could not make that account.").waitFor();
    await page.getByLabel("Password").fill("a lamp in the window");
    await page.getByLabel("E-mail address").fill("iris@example.org");
    await page.getByRole("button", { name: "Make an account" }).click();
    await page.getByText("Welcome to Vesper, Iris Novak.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/account");
    expect(await page.getByText("No orders yet.").count()).toBe(1);
  });

  it("shares the cart with the Pages Router, whose API route changes it", async () => {
    await addToCart(page, shop, "letterforms");
    await page.goto(`${shop.url}/classic-cart`);
    await page.getByRole("button", { name: "One seat more of Letterforms" }).click();
    await page.locator("output", { hasText: "2" }).waitFor();
    await shoot(page, "classic-cart");
    await page.goto(`${shop.url}/cart`);
    await expectSeats(page, 2);
    const cookie = `session=${await sessionCookie(context)}`;
    const body = new URLSearchParams({ token: "guessed", slug: "letterforms", by: "1" });
    const forged = await fetch(`${shop.url}/api/cart`, { method: "POST", headers: { cookie }, body });
    expect(forged.status).toBe(403);
  });

  it.each(["coatcheck_sessions", "users"])(
    "says that %s is out, and not that the visitor is signed out (G8)",
    async (table) => {
      await page.goto(`${shop.url}/sign-in`);
      await signIn(page);
      await arrive(page, "/account");
      const cookie = await sessionCookie(context);
      const database = new Database(databaseFile);
      database.exec(`ALTER TABLE ${table} RENAME TO away`);
      try {
        // Signing out needs the sessions, but not the users.
        const control = table === "users" ? page.getByRole("link", { name: "Cart", exact: true }) : signOutButton(page);
        await control.click();
        await page.getByText("you are still signed in").waitFor();
        await page.goto(`${shop.url}/account`);
        await page.getByText("you are still signed in").waitFor();
        await shoot(page, `outage-of-${table}`);
        expect(await sessionCookie(context)).toBe(cookie);
      } finally {
        database.exec(`ALTER TABLE away RENAME TO ${table}`);
        database.close();
      }
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { name: "Dana Moreau" }).waitFor();
      complaints = complaints.filter((message) => !message.includes("#441")); // the server's error, as React reports it
    },
  );

  it("does all of it without JavaScript", async () => {
    const plain = await openContext({ javaScriptEnabled: false });
    const tab = await plain.newPage();
    await addToCart(tab, shop, "the-night-sky-without-a-telescope");
    const anonymous = await sessionCookie(plain);
    await tab.goto(`${shop.url}/cart`);
    await tab.getByRole("button", { name: /^One seat more/ }).click();
    await expectSeats(tab, 2);
    await tab.getByRole("link", { name: "Check out" }).click();
    await signIn(tab, "wrong");
    await tab.getByText("do not go together").waitFor();
    await signIn(tab);
    await tab.getByText("Good evening, Dana Moreau.").waitFor();
    expect(await replay(shop, anonymous)).toEqual(nothing);
    await tab.getByRole("button", { name: "Continue to billing" }).click();
    await tab.getByRole("button", { name: "Review the order" }).click();
    await tab.getByText("4 fields need another look.").waitFor();
    await tab.getByLabel("Street and number").fill("Keizersgracht 1");
    await tab.getByLabel("Postcode").fill("1015 CN");
    await tab.getByLabel("Town or city").fill("Amsterdam");
    await tab.getByLabel("Country").selectOption("NL");
    await tab.getByRole("button", { name: "Review the order" }).click();
    await tab.getByRole("button", { name: "Place the order" }).click();
    await tab.getByRole("button", { name: /^Pay/ }).click();
    await tab.getByText("Thank you. Your order is paid.").waitFor();
    await tab.reload();
    expect(await tab.locator(".notice").count()).toBe(0);
    await tab.goto(`${shop.url}/account`);
    const cookie = await sessionCookie(plain);
    await signOutButton(tab).click();
    await tab.getByText("You have signed out.").waitFor();
    await tab.goBack();
    expect(await tab.getByText(account.email).count()).toBe(0);
    expect(await replay(shop, cookie)).toEqual(nothing);
    await plain.close();
  });
});

/** The badge of the layout, which every change of the cart must reach. */
async function expectSeats(page: Page, seats: number): Promise<void> {
  await page.locator(".badge", { hasText: new RegExp(`^${seats} seats?$`) }).waitFor({ timeout: 10_000 });
}

function signOutButton(page: Page) {
  return page.getByRole("button", { name: "Sign out", exact: true });
}

/** What customers have in their carts and have bought: every test begins without. */
function forgetTrade(file: string): void {
  const database = new Database(file);
  database.exec("PRAGMA busy_timeout = 2000");
  for (const table of ["carts", "purchases", "entitlements", "orders"])
    database.exec(`DELETE FROM coatcheck_commerce_${table}`);
  database.exec("DELETE FROM invoices");
  database.close();
}

function countSessions(file: string): number {
  const database = new Database(file);
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'coatcheck_sessions'").get();
    if (!table) return 0; // made by the first call of the store, which no stranger has caused yet
    const row = database.prepare("SELECT count(*) AS count FROM coatcheck_sessions").get() as { count: number };
    return row.count;
  } finally {
    database.close();
  }
}
