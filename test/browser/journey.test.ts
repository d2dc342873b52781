import type { Page } from "playwright-core";
import { afterEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import {
  addToCart,
  administrator,
  arrive,
  fillBilling,
  hasChromium,
  nothing,
  openStage,
  placeOrder,
  replay,
  sessionCookie,
  signIn,
} from "./shop.ts";

const lesson = "/courses/bread-by-hand/lessons/shaping-without-fear";
const secret = "Shaping is stretching a skin over a balloon."; // stands in that lesson alone
const mara = { name: "Mara Lind", email: "mara@example.org", password: "a kite over the dunes" };
const ben = { name: "Ben Okoro", email: "ben@example.org", password: "a boat below the bridge" };

await describeWith("Chromium, one visitor all the way", hasChromium, () => {
  const { shop, openContext } = openStage("journey");
  const complaints: string[] = [];

  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  async function openDevice(): Promise<Page> {
    const context = await openContext();
    context.on("weberror", (error) => complaints.push(error.error().message));
    return context.newPage();
  }

  /** What this visitor may open: the server is asked, not the page. */
  async function mayOpen(page: Page, seats = "/seats/guessed") {
    const get = (path: string) => page.request.get(shop.url + path, { maxRedirects: 0 });
    const [account, admin, seatsPage, lessonPage] = await Promise.all(["/account", "/admin", seats, lesson].map(get));
    return {
      account: account?.status(),
      admin: admin?.status(),
      seats: seatsPage?.status(),
      lesson: (await lessonPage?.text())?.includes(secret),
    };
  }

  async function signUp(page: Page, who: typeof mara, path: string): Promise<void> {
    await page.goto(`${shop.url}/sign-up?returnTo=${encodeURIComponent(path)}`);
    await page.getByLabel("Your name").fill(who.name);
    await page.getByLabel("E-mail address").fill(who.email);
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Make an account" }).click();
    await page.getByText(`Welcome to Vesper, ${who.name}.`).waitFor();
  }

  it("from a stranger to a reader, a buyer, the owner of a team, and an administrator who acts for her", async () => {
    const page = await openDevice();
    const context = page.context();
    const cookies: string[] = [];
    const noteCookie = async () => cookies.push(await sessionCookie(context));

    // A visitor: looks around for nothing, and is told apart by nothing.
    await page.goto(`${shop.url}/courses/bread-by-hand`);
    expect(await sessionCookie(context)).toBe("");
    expect(await mayOpen(page)).toEqual({ account: 307, admin: 307, seats: 307, lesson: false });
    await page.goto(`${shop.url}/courses/bread-by-hand/lessons/flour-water-patience`);
    await page.getByRole("button", { name: "Complete and continue" }).click();
    await page.getByText("1 of 8 lessons").waitFor();
    await addToCart(page, shop, "bread-by-hand");
    await page.getByRole("button", { name: "Add to the cart again" }).click();
    await page.getByText("2 seats are in your cart").waitFor();
    await page.goto(`${shop.url}/cart`);
    await expectTotal(page, "€96");
    await noteCookie();

    // A subscriber: pays less, and may open nothing more.
    await page.goto(`${shop.url}/letter`);
    await page.getByLabel("E-mail address").fill(mara.email);
    await page.getByRole("button", { name: "Send me the letter" }).click();
    await page.getByRole("link", { name: "Confirm your address" }).click();
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByRole("heading", { name: "You read the letter" }).waitFor();
    await noteCookie();
    await page.goto(`${shop.url}/cart`);
    await expectTotal(page, "€81.60");
    expect(await mayOpen(page)).toEqual({ account: 307, admin: 307, seats: 307, lesson: false });

    // A buyer: the cart and the price come along to the account, and the lesson stays shut until it is paid.
    await signUp(page, mara, "/cart");
    await noteCookie();
    await expectTotal(page, "€81.60");
    expect(await mayOpen(page)).toEqual({ account: 200, admin: 404, seats: 404, lesson: false });
    await page.getByRole("link", { name: "Check out" }).click();
    await fillBilling(page);
    await placeOrder(page);
    expect((await mayOpen(page)).lesson).toBe(false);
    await page.getByRole("button", { name: "Pay €81.60" }).click();
    await page.getByText("Thank you. Your order is paid.").waitFor();
    expect(await page.locator(".badge").count()).toBe(0);

    // The owner of a team: has paid for two, and reads once a seat is hers. Who has the link takes the other one.
    await page.getByRole("link", { name: "Give out 2 seats" }).click();
    await page.getByRole("heading", { name: "Seats of your team" }).waitFor();
    const seats = new URL(page.url()).pathname;
    expect(await mayOpen(page, seats)).toEqual({ account: 200, admin: 404, seats: 200, lesson: false });
    await page.getByRole("button", { name: "Take a seat yourself" }).click();
    await page.getByText("1 of 2 seats are taken.").waitFor();
    expect(await mayOpen(page, seats)).toEqual({ account: 200, admin: 404, seats: 200, lesson: true });
    await page.getByRole("button", { name: "Make an invitation" }).click();
    const link = await page.getByLabel("The link for your team").inputValue();

    const other = await openDevice();
    await other.goto(link);
    await arrive(other, "/sign-in");
    const { pathname, search } = new URL(link);
    await signUp(other, ben, pathname + search);
    expect(await mayOpen(other, seats)).toEqual({ account: 200, admin: 404, seats: 404, lesson: false });
    await other.getByRole("button", { name: "Take the seat" }).click();
    await other.getByText("“Bread by Hand” is yours.").waitFor();
    expect(await mayOpen(other, seats)).toEqual({ account: 200, admin: 404, seats: 404, lesson: true });
    await page.reload();
    await page.getByText("2 of 2 seats are taken.").waitFor();
    await page.locator(".browsers li", { hasText: ben.name }).waitFor();

    // What a visitor began is still there, and every token but the last is dead.
    await page.goto(`${shop.url}/account`);
    await page.locator(".my-course", { hasText: "Bread by Hand" }).getByText("1 of 8 lessons").waitFor();
    const last = await sessionCookie(context);
    expect(new Set(cookies).size).toBe(3);
    for (const cookie of cookies.filter((each) => each !== last)) expect(await replay(shop, cookie)).toEqual(nothing);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You have signed out.").waitFor();
    expect(await replay(shop, last)).toEqual(nothing);
    expect(await mayOpen(page, seats)).toEqual({ account: 307, admin: 307, seats: 307, lesson: false });

    // An administrator at the same browser: finds nothing of hers, acts for her, and opens what she may.
    await page.goto(`${shop.url}/sign-in?returnTo=/admin`);
    await signIn(page, administrator.password, administrator.email);
    await arrive(page, "/admin");
    expect(await mayOpen(page, seats)).toMatchObject({ account: 200, admin: 200, seats: 404 });
    const row = page.locator(".people > li", { hasText: mara.email });
    await row.getByText("Not signed in anywhere.").waitFor();
    await row.locator("summary").click();
    await row.getByLabel("Reason").fill("her colleague has no seat");
    await row.getByRole("button", { name: `Act as ${mara.name}` }).click();
    const banner = page.getByText(`You are acting as ${mara.name}`);
    await banner.waitFor();
    const acting = await sessionCookie(context);
    expect(await mayOpen(page, seats)).toEqual({ account: 200, admin: 404, seats: 200, lesson: true });
    await page.goto(shop.url + seats);
    await banner.waitFor();
    await page.goto(`${shop.url}/account/password`);
    await page.getByRole("heading", { name: `Only ${mara.name} can do that` }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await arrive(page, "/admin");
    await banner.waitFor({ state: "hidden" });
    await page.getByRole("row", { name: "impersonation started (her colleague has no seat)" }).waitFor();
    expect(await replay(shop, acting)).toEqual(nothing);
    expect(await mayOpen(page, seats)).toMatchObject({ account: 200, admin: 200, seats: 404 });
    expect((await mayOpen(other, seats)).lesson).toBe(true);
  });
});

async function expectTotal(page: Page, total: string): Promise<void> {
  await page.locator(".sum .total dd", { hasText: new RegExp(`^${total.replace(".", "\\.")}$`) }).waitFor();
}
