import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { coursePages, pageAt } from "./course-pages.ts";
import {
  account,
  addToCart,
  administrator,
  arrive,
  fillBilling,
  hasChromium,
  openStage,
  placeOrder,
  signIn,
} from "./shop.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const strangersPages = [
  "/",
  "/courses/letterforms",
  "/courses/letterforms/lessons/capitals-of-stone",
  "/courses/letterforms/lessons/rhythm-and-white",
  "/cart",
  "/sign-in",
  "/sign-up",
  "/classic-learning",
  "/classic-cart",
  "/nowhere",
];
const customersPages = [
  "/",
  "/courses/letterforms",
  "/cart",
  "/account",
  "/account/access",
  "/account/command-line",
  "/account/connections",
  "/account/devices",
  "/account/password",
  "/account/purchases",
  "/confirm",
];

await describeWith("Chromium", hasChromium, () => {
  const { shop, folder, openContext } = openStage("axe");
  const pages = coursePages();

  it.each(["light", "dark"] as const)(
    "axe finds nothing to object to on any page of the shop, in the %s scheme",
    async (scheme) => {
      const context = await openContext({ colorScheme: scheme });
      const page = await context.newPage();
      const inspection = new Inspection(page, shop.url);
      await inspection.visit(strangersPages);
      await becomeReader(inspection);
      await readAndFillCart(page);
      await enter(page, "/account", account);
      await buyTeam(inspection);
      await inspection.visit(customersPages);
      await letOthersAct(inspection);
      await page.goto(`${shop.url}/account`);
      await page.locator(".menu summary").click();
      await inspection.look();
      await context.clearCookies();
      await administrate(inspection);
      expect(inspection.problems).toEqual([]);
      expect(unseen(pages, inspection.paths)).toEqual([]);
      await context.close();
    },
  );

  it("axe would see a field without a label, and grey on grey", async () => {
    const context = await openContext();
    const page = await context.newPage();
    // A page of its own: taken from a page of the shop, React would put the labels back while it hydrates.
    await page.setContent('<h1 style="color: #888; background: #999">Sign in</h1><input type="email">');
    const found = await problemsHere(page);
    expect(found.some((problem) => problem.includes(" label: "))).toBe(true);
    expect(found.some((problem) => problem.includes(" color-contrast: "))).toBe(true);
    await context.close();
  });

  it("a page that the test does not come to would be missed, also where it leads somewhere else", () => {
    const copy = join(folder, "copy");
    for (const path of ["app/orders/[number]", "app/orders/old", "pages/classic"])
      mkdirSync(join(copy, path), { recursive: true });
    for (const file of ["app/page.tsx", "app/orders/[number]/page.tsx", "app/orders/old/page.tsx", "pages/_app.tsx"])
      writeFileSync(join(copy, file), "");
    writeFileSync(join(copy, "pages/classic/wishes.tsx"), "");
    const found = coursePages(copy);
    expect(found).toEqual(["/", "/classic/wishes", "/orders/[number]", "/orders/old"]);
    expect(unseen(found, ["/", "/orders/1001"])).toEqual(["/classic/wishes", "/orders/old"]);
    expect(unseen(found, ["/", "/orders/old"])).toEqual(["/classic/wishes", "/orders/[number]"]);
    expect(pages.length).toBeGreaterThan(20);
  });

  async function becomeReader(inspection: Inspection): Promise<void> {
    const { page } = inspection;
    await inspection.visit(["/letter"]);
    await page.getByLabel("E-mail address").fill("nour@example.org");
    await page.getByRole("button", { name: "Send me the letter" }).click();
    const link = page.getByRole("link", { name: "Confirm your address" });
    await link.waitFor();
    await inspection.look();
    await link.click();
    await page.getByRole("heading", { name: "One more click" }).waitFor();
    await inspection.look();
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByRole("heading", { name: "You read the letter" }).waitFor();
    await inspection.look();
  }

  /** Completes a lesson, and puts two seats into the cart. */
  async function readAndFillCart(page: Page): Promise<void> {
    await page.goto(`${shop.url}/courses/letterforms/lessons/capitals-of-stone`);
    await page.getByRole("button", { name: "Complete and continue" }).click();
    await page.getByText("1 of 8 lessons").waitFor();
    await addToCart(page, shop, "bread-by-hand");
    await page.getByRole("button", { name: "Add to the cart again" }).click();
    await page.getByText("2 seats are in your cart").waitFor();
  }

  /** Looks at every step from the cart to the seats of a team, and at the invitation. */
  async function buyTeam(inspection: Inspection): Promise<void> {
    const { page } = inspection;
    await inspection.visit(["/cart", "/checkout/billing", "/checkout/contact"]);
    await fillBilling(page);
    await inspection.look();
    await placeOrder(page);
    await inspection.look();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByText("Thank you. Your order is paid.").waitFor();
    await inspection.look();
    await page.getByRole("link", { name: "Give out 2 seats" }).click();
    await page.getByRole("button", { name: "Make an invitation" }).click();
    const link = await page.getByLabel("The link for your team").inputValue();
    await inspection.look();
    await page.getByRole("button", { name: "Take a seat yourself" }).click();
    await page.getByText("1 of 2 seats are taken.").waitFor();
    await inspection.look();
    await page.goto(link);
    await inspection.look();
  }

  /** Looks at a ticket, and at an account that is connected. */
  async function letOthersAct(inspection: Inspection): Promise<void> {
    const { page } = inspection;
    await page.goto(`${shop.url}/account/command-line`);
    await page.getByRole("button", { name: "Make a ticket" }).click();
    await page.getByLabel("Your ticket").waitFor();
    await inspection.look();
    await page.goto(`${shop.url}/account/connections`);
    await page.getByRole("button", { name: "Connect an account" }).click();
    await page.getByLabel("Card").fill("L-7001");
    await page.getByLabel("PIN").fill("owl at noon");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Let Vesper see it" }).click();
    await arrive(page, "/account/connections");
    await inspection.look();
    await inspection.visit(["/account/access"]);
    await page.getByRole("button", { name: "Disconnect Lantern Library" }).click();
    await page.getByText("Lantern Library is disconnected.").waitFor();
  }

  /** Looks at the pages of an administrator, and at what one sees who acts as a customer. */
  async function administrate(inspection: Inspection): Promise<void> {
    const { page } = inspection;
    await enter(page, "/admin", administrator);
    await inspection.visit(["/teaching", "/admin"]);
    const dana = page.locator(".people > li", { hasText: account.email });
    await dana.locator("summary").click();
    await inspection.look();
    await dana.getByLabel("Reason").fill("a look at the colours");
    await dana.getByRole("button", { name: "Act as Dana Moreau" }).click();
    await arrive(page, "/account");
    await inspection.visit(["/account", "/account/password"]);
    await page.getByRole("button", { name: "Stop" }).click();
    await arrive(page, "/admin");
  }

  async function enter(page: Page, path: string, who: typeof administrator): Promise<void> {
    await page.goto(`${shop.url}/sign-in?returnTo=${path}`);
    await signIn(page, who.password, who.email);
    await arrive(page, path);
  }
});

/** What axe says of the pages that a visitor comes to, and which those were. */
class Inspection {
  readonly problems: string[] = [];
  readonly paths: string[] = [];
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  async visit(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await this.page.goto(this.#url + path);
      await this.look();
    }
  }

  /** Looks at the page as it is. What counts is where the visitor is, and not where they wanted to go. */
  async look(): Promise<void> {
    // After a click the title comes a moment later than the page; one that never comes fails here.
    await this.page.waitForFunction(() => document.title !== "");
    this.problems.push(...(await problemsHere(this.page)));
    this.paths.push(new URL(this.page.url()).pathname);
  }
}

/** The pages that the visitor has not come to. */
function unseen(pages: readonly string[], paths: readonly string[]): string[] {
  const seen = new Set(paths.map((path) => pageAt(pages, path)));
  return pages.filter((page) => !seen.has(page));
}

/** Where, which rule, and what of the page. */
async function problemsHere(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  const { pathname } = new URL(page.url());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${pathname} ${id}: ${html.slice(0, 160)}`));
}
