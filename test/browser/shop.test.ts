import Database from "libsql";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import {
  account,
  addToCart,
  arrive,
  fillBilling,
  hasChromium,
  openStage,
  placeOrder,
  replay,
  sessionCookie,
  shoot,
  signIn,
} from "./shop.ts";

await describeWith("Chromium, buying and selling", hasChromium, () => {
  const { shop, databaseFile, openContext } = openStage("shop");
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(complaints.splice(0)).toEqual([]);
  });

  /** A browser that nobody is signed in on. */
  async function openDevice(options = {}): Promise<Page> {
    const context = await openContext(options);
    contexts.push(context);
    context.on("weberror", (error) => complaints.push(error.error().message));
    return context.newPage();
  }

  async function openSignedIn(email = account.email, options = {}): Promise<Page> {
    const page = await openDevice(options);
    await page.goto(`${shop.url}/sign-in`);
    await signIn(page, account.password, email);
    await arrive(page, "/account");
    return page;
  }

  /** Customers beside Dana, who have her password. */
  function addCustomers(...names: readonly string[]): void {
    const sql = "INSERT INTO users (id, email, name, password) SELECT ?, ?, ?, password FROM users WHERE email = ?";
    const database = new Database(databaseFile);
    database.exec("PRAGMA busy_timeout = 2000");
    for (const name of names) database.prepare(sql).run(name, addressOf(name), name, account.email);
    database.close();
  }

  function count(sql: string): number {
    const database = new Database(databaseFile);
    const row = database.prepare(sql).get() as { count: number };
    database.close();
    return row.count;
  }

  async function shopFrom(page: Page, country: string): Promise<void> {
    await page.getByLabel("Shopping from").selectOption({ label: country });
    await page.getByRole("button", { name: "Change", exact: true }).click();
  }

  /** Fills the steps of the checkout in, and places the order. */
  async function checkOut(page: Page): Promise<void> {
    await page.goto(`${shop.url}/checkout/contact`);
    await fillBilling(page);
    await placeOrder(page);
  }

  it("shows the price for the visitor's country, with and without JavaScript, and none that an address claims", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await openDevice({ javaScriptEnabled });
      const price = page.locator(".card", { hasText: "Letterforms" }).locator(".facts strong");
      await page.goto(`${shop.url}/?country=BR`);
      expect(await price.textContent()).toBe("€89");
      await shopFrom(page, "Brazil");
      await price.filter({ hasText: "€40.05" }).waitFor();
      await shoot(page, "catalogue-brazil");
      await page.goto(`${shop.url}/courses/letterforms`);
      await page.getByText("Price for Brazil").waitFor();
      await shopFrom(page, "Germany");
      await page.getByText("Price for Brazil").waitFor({ state: "detached" });
      expect(await page.locator(".price").textContent()).toContain("€89");
    }
  });

  it("takes what a recommendation brings along out of the address, and holds it for the visit", async () => {
    const page = await openDevice();
    await page.goto(`${shop.url}/courses/letterforms?via=mira&coupon=evening20`);
    expect(page.url()).toBe(`${shop.url}/courses/letterforms`);
    await page.getByText("With your coupon.").waitFor();
    expect(await page.locator(".price").textContent()).toContain("€71.20");
  });

  it("knows a reader of the letter by the link in their mail alone, once, and under a new token", async () => {
    const page = await openDevice();
    await page.goto(`${shop.url}/letter`);
    await page.getByRole("button", { name: "Send me the letter" }).click();
    await page.getByText("That does not look like an e-mail address.").waitFor();
    await page.getByLabel("E-mail address").fill("nour@example.org");
    await page.getByRole("button", { name: "Send me the letter" }).click();
    const link = await page.getByRole("link", { name: "Confirm your address" }).getAttribute("href");
    await shoot(page, "letter");
    await addToCart(page, shop, "letterforms");
    const before = await sessionCookie(page.context());
    await page.goto(String(link));
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByRole("heading", { name: "You read the letter" }).waitFor();
    const after = await sessionCookie(page.context());
    expect(after).not.toBe(before);
    expect((await replay(shop, before)).seats).toBe(0);
    await page.goto(`${shop.url}/cart`);
    await expectTotal(page, "€75.65");
    const thief = await openDevice();
    await thief.goto(String(link));
    await thief.getByRole("button", { name: "Confirm my address" }).click();
    await thief.getByText("That link was used before").waitFor();
  });

  it("holds a coupon, and refuses one that has ended or that nobody has made", async () => {
    const page = await openDevice();
    await addToCart(page, shop, "letterforms");
    await page.goto(`${shop.url}/cart`);
    for (const code of ["midsummer", "guessed"]) {
      await page.getByLabel("Coupon").fill(code);
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText(`“${code.toUpperCase()}” is no coupon of ours, or it has ended.`).waitFor();
    }
    await page.getByLabel("Coupon").fill("tenner");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Your coupon TENNER is applied.").waitFor();
    await expectTotal(page, "€79");
    await page.getByRole("button", { name: "Remove the coupon TENNER" }).click();
    await page.getByText("The coupon is taken off.").waitFor();
    await expectTotal(page, "€89");
  });

  it("from two carts to five seats, of which a sixth cannot be claimed", async () => {
    addCustomers("Ada", "Ben", "Cleo", "Dov", "Eva", "Finn");
    const [laptop, telephone] = [await openDevice(), await openDevice()];
    await laptop.goto(`${shop.url}/?via=mira`);
    await addToCart(laptop, shop, "letterforms");
    await addToCart(telephone, shop, "bread-by-hand");
    await telephone.getByLabel("Seats", { exact: true }).fill("4");
    await telephone.getByRole("button", { name: "Add to the cart again" }).click();
    await telephone.getByText("5 seats are in your cart").waitFor();

    // Both devices sign in at the same moment, and both have everything.
    await Promise.all(
      [laptop, telephone].map(async (page) => {
        await page.goto(`${shop.url}/sign-in?returnTo=/cart`);
        await signIn(page, account.password, addressOf("Ada"));
        await arrive(page, "/cart");
      }),
    );
    for (const page of [laptop, telephone]) {
      await page.goto(`${shop.url}/cart`);
      expect(await page.locator(".line").count()).toBe(2);
      await expectTotal(page, "€293"); // 89 + 5 × 48 less 15 %
    }
    await telephone.locator(".line", { hasText: "Letterforms" }).getByRole("button", { name: "Remove" }).click();
    await telephone.getByText("is no longer in your cart").waitFor();
    await telephone.getByLabel("Coupon").fill("EVENING20");
    await telephone.getByRole("button", { name: "Apply" }).click();
    await expectTotal(telephone, "€163.20"); // the coupon comes on top of the team's 15 %
    await shoot(telephone, "cart-team");
    await laptop.goto(`${shop.url}/cart`);
    await expectTotal(laptop, "€204"); // a coupon belongs to the visit, a cart to the customer

    await checkOut(laptop);
    await shoot(laptop, "test-payment");
    await laptop.getByRole("button", { name: "Decline" }).click();
    await laptop.getByText("The payment was declined. Nothing was charged.").waitFor();
    await shoot(laptop, "order-declined");
    expect(await laptop.locator(".badge").textContent()).toContain("5");
    await laptop.getByRole("link", { name: "Try the payment again" }).click();
    await laptop.getByRole("button", { name: "Pay €204" }).click();
    await laptop.getByText("Thank you. Your order is paid.").waitFor();
    await laptop.getByText("You were sent here by mira.").waitFor();
    expect(await laptop.locator(".badge").count()).toBe(0);
    await shoot(laptop, "order-paid");

    await laptop.getByRole("link", { name: "Give out 5 seats" }).click();
    await laptop.getByRole("heading", { name: "Seats of your team" }).waitFor();
    await laptop.getByRole("button", { name: "Make an invitation" }).click();
    const link = await laptop.getByLabel("The link for your team").inputValue();
    await shoot(laptop, "seats-invite");
    const seatsPage = laptop.url();

    const claim = async (page: Page, said: string) => {
      await page.goto(link);
      await page.getByRole("button", { name: "Take the seat" }).click();
      await page.getByText(said).waitFor();
    };
    const ben = await openSignedIn(addressOf("Ben"));
    await ben.goto(link);
    await ben.getByText("Bread by Hand").waitFor();
    await shoot(ben, "seat-claim");
    await claim(ben, "“Bread by Hand” is yours.");
    await ben.getByText("This course is yours").waitFor();
    await claim(ben, "You have a seat in this team already.");
    expect((await ben.goto(seatsPage))?.status()).toBe(404);
    for (const name of ["Cleo", "Dov", "Eva"]) {
      await claim(await openSignedIn(addressOf(name), { javaScriptEnabled: false }), "“Bread by Hand” is yours.");
    }
    await laptop.reload();
    await laptop.getByText("4 of 5 seats are taken.").waitFor();
    await laptop.getByRole("button", { name: "Take a seat yourself" }).click();
    await laptop.getByText("5 of 5 seats are taken.").waitFor();
    for (const name of ["Ben", "Cleo", "Dov", "Eva", "Ada (you)"]) {
      expect([name, await laptop.locator(".browsers li", { hasText: name }).count()]).toEqual([name, 1]);
    }
    await shoot(laptop, "seats-full");

    const finn = await openSignedIn(addressOf("Finn"));
    await claim(finn, "Every seat of this team is taken.");
    await shoot(finn, "seat-refused");
    await finn.goto(`${shop.url}/courses/bread-by-hand`);
    expect(await finn.getByText("This course is yours").count()).toBe(0);
    await laptop.goto(`${shop.url}/account/purchases`);
    expect(await laptop.locator(".purchases .tag").allTextContents()).toEqual(["Yours", "5 of 5 seats taken"]);
    await shoot(laptop, "purchases");
  });

  it("sells at the price for a country for that country alone, and once, in however many tabs it is paid", async () => {
    addCustomers("Gil");
    const page = await openSignedIn(addressOf("Gil"));
    await page.goto(`${shop.url}/account/purchases`);
    await page.getByText("Nothing yet.").waitFor();
    await shoot(page, "purchases-empty");
    await shopFrom(page, "India");
    await addToCart(page, shop, "letterforms");
    await checkOut(page);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await Promise.all([page, other].map((tab) => tab.getByRole("button", { name: "Pay €22.25" }).click()));
    await Promise.all([page, other].map((tab) => arrive(tab, "/orders/1002")));
    expect(count("SELECT count(*) AS count FROM coatcheck_commerce_purchases WHERE user_id = 'Gil'")).toBe(1);
    await page.goto(`${shop.url}/account/purchases`);
    await page.getByText("Only in India").waitFor();
    await page.goto(`${shop.url}/courses/letterforms`);
    await page.getByText("This course is yours").waitFor();
    await shopFrom(page, "Ireland");
    await page.getByText("at the price for India, and it is open there. In Ireland it is not.").waitFor();
    expect(await page.getByText("This course is yours").count()).toBe(0);
    await shoot(page, "course-elsewhere");
  });

  it("stays open while the carts are out of reach, and does not call them empty", async () => {
    addCustomers("Ivo");
    const page = await openSignedIn(addressOf("Ivo"));
    const run = (sql: string) => {
      const database = new Database(databaseFile);
      database.exec("PRAGMA busy_timeout = 2000");
      database.exec(sql);
      database.close();
    };
    run("ALTER TABLE coatcheck_commerce_carts RENAME TO away");
    try {
      await page.goto(`${shop.url}/`);
      expect(await page.locator(".card").count()).toBe(9);
      await page.goto(`${shop.url}/cart`);
      await page.getByRole("heading", { name: "Something went wrong" }).waitFor();
      await shoot(page, "outage-of-carts");
    } finally {
      run("ALTER TABLE away RENAME TO coatcheck_commerce_carts");
    }
    await page.goto(`${shop.url}/cart`);
    await page.getByText("Your cart is empty").waitFor();
    complaints.splice(0, complaints.length, ...complaints.filter((message) => !message.includes("#441"))); // the server's error, as React reports it
  });

  it("shows nobody the order, the payment or the seats of somebody else", async () => {
    addCustomers("Hal");
    const page = await openSignedIn(addressOf("Hal"));
    const database = new Database(databaseFile);
    const { order } = database.prepare("SELECT order_id AS 'order' FROM invoices").get() as { order: string };
    database.close();
    for (const path of ["/orders/1001", `/checkout/pay?order=${order}`, "/seats/guessed"]) {
      expect([path, (await page.goto(shop.url + path))?.status()]).toEqual([path, 404]);
    }
  });
});

function addressOf(name: string): string {
  return `${name.toLowerCase()}@example.org`;
}

async function expectTotal(page: Page, total: string): Promise<void> {
  await page.locator(".sum .total dd", { hasText: new RegExp(`^${total.replace(".", "\\.")}$`) }).waitFor();
}
