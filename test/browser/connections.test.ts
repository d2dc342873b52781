import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { arrive, hasChromium, openStage, shoot, signIn } from "./shop.ts";

const reader = { card: "L-7001", pin: "owl at noon" };
const here = "/account/connections";
const book = "A Field Guide to Evening";

await describeWith("Chromium and another company's accounts", hasChromium, () => {
  // So short that each look at the shelf needs fresh tokens: a token has to be good for another minute.
  const { shop, openContext } = openStage("connections", { LANTERN_TOKEN_LIFE: "30" });

  async function openConnections(options = {}): Promise<Page> {
    const page = await (await openContext(options)).newPage();
    await page.goto(`${shop.url}/sign-in?returnTo=${here}`);
    await signIn(page);
    await arrive(page, here);
    return page;
  }

  /** How often the library has given tokens to the shop, as its own page says. */
  async function keysGiven(): Promise<number> {
    const page = await (await fetch(shop.library)).text();
    return Number(/Keys given to Vesper so far: (\d+)/.exec(page)?.[1]);
  }

  async function proveCard(page: Page, button: string): Promise<void> {
    await page.getByLabel("Card").fill(reader.card);
    await page.getByLabel("PIN").fill(reader.pin);
    await page.getByRole("button", { name: button }).click();
  }

  async function connect(page: Page, button = "Connect an account"): Promise<void> {
    await page.getByRole("button", { name: button }).click();
    if (await page.getByLabel("Card").isVisible()) await proveCard(page, "Go on");
    await page.getByRole("button", { name: "Let Vesper see it" }).click();
    await arrive(page, here);
  }

  async function disconnect(page: Page): Promise<void> {
    await page.goto(shop.url + here);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("Lantern Library is disconnected.").waitFor();
  }

  it("connects an account, and fetches fresh tokens while a page renders, each time they have ended", async () => {
    const page = await openConnections();
    await page.getByRole("button", { name: "Connect an account" }).click();
    await page.getByLabel("Card").waitFor();
    expect(new URL(page.url()).origin).toBe(shop.library);
    await shoot(page, "library");
    await proveCard(page, "Go on");
    await page.getByRole("heading", { name: "Vesper asks for your shelf" }).waitFor();
    await shoot(page, "library-consent");
    await page.getByRole("button", { name: "Let Vesper see it" }).click();
    await arrive(page, here);
    const [before, keys] = [await page.context().cookies(shop.url), await keysGiven()];
    expect(keys).toBeGreaterThan(0);
    for (let time = 1; time <= 3; time++) {
      await page.goto(shop.url + here);
      await page.getByText(book).waitFor();
      expect(await keysGiven()).toBe(keys + time);
    }
    expect(await page.context().cookies(shop.url)).toEqual(before);
    await shoot(page, "connections");
    await page.goto(`${shop.url}/account/access`);
    await page.getByText(/^connected /).waitFor();
    await page.getByRole("button", { name: "Disconnect Lantern Library" }).click();
    await page.getByText("Lantern Library is disconnected.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/account/access");
    await page.goto(shop.url + here);
    await page.getByRole("button", { name: "Connect an account" }).waitFor();
    await page.context().close();
  });

  it("says in words that it was taken back at the library, and connects it again", async () => {
    const page = await openConnections({ javaScriptEnabled: false });
    await connect(page);
    await page.getByText(book).waitFor();
    await page.goto(shop.library);
    await proveCard(page, "Vesper may see my shelf no more");
    await page.getByText("Nobody sees your shelf any more.").waitFor();
    await page.goto(shop.url + here);
    await page.getByText("The library gives us nothing any more").waitFor();
    expect(await page.getByText(book).count()).toBe(0);
    await shoot(page, "connections-broken");
    await page.goto(`${shop.url}/account/access`);
    await page.getByText("gives us nothing any more").waitFor();
    await page.goto(shop.url + here);
    await connect(page, "Connect it again");
    await page.getByText(book).waitFor();
    await disconnect(page);
    await page.context().close();
  });

  it("asks again who it is, and goes on where it was, when the session has ended while the page was open", async () => {
    const page = await openConnections({ javaScriptEnabled: false }); // else the page would know at once
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${shop.url}/account`);
    await elsewhere.getByRole("button", { name: "Sign out" }).click();
    await arrive(elsewhere, "/sign-in");
    await page.getByRole("button", { name: "Connect an account" }).click();
    await arrive(page, "/sign-in");
    await signIn(page);
    await arrive(page, here);
    for (const failure of ["__proto__", "constructor", "failed"]) {
      await page.goto(`${shop.url + here}?connection_error=${failure}`);
      await page.getByText("The library did not answer as it should. Please try again.").waitFor();
    }
    await page.context().close();
  });

  it("takes a no, a wrong PIN and a callback that was used for what they are", async () => {
    const page = await openConnections();
    await page.getByRole("button", { name: "Connect an account" }).click();
    await page.getByLabel("Card").fill(reader.card);
    await page.getByLabel("PIN").fill("owl at dusk");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("That card and PIN do not go together.").waitFor();
    await proveCard(page, "Go on");
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.getByText("You said no at the library. Nothing was connected.").waitFor();
    const callbacks: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/callback.lantern")) callbacks.push(request.url());
    });
    await connect(page);
    await page.goto(callbacks[0] ?? "");
    await page.getByText("That took too long, or was begun in another browser.").waitFor();
    await page.getByText(book).waitFor();
    await disconnect(page);
    await page.context().close();
  });
});
