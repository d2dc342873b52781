import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { addToCart, administrator, hasChromium, openStage, signIn } from "./shop.ts";

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
  "/nowhere",
];
const customersPages = ["/cart", "/checkout/contact", "/checkout/billing", "/account", "/account/devices", "/confirm"];
const administratorsPages = ["/admin", "/teaching"];

await describeWith("Chromium", hasChromium, () => {
  const { shop, openContext } = openStage("axe");

  it.each(["light", "dark"] as const)(
    "axe finds nothing to object to on any page, in the %s scheme",
    async (scheme) => {
      const context = await openContext({ colorScheme: scheme, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      expect(await problemsOn(page, strangersPages)).toEqual([]);

      await addToCart(page, shop, "letterforms");
      await page.goto(`${shop.url}/courses/letterforms/lessons/capitals-of-stone`);
      await page.getByRole("button", { name: "Complete and continue" }).click();
      await page.getByText("1 of 8 lessons").waitFor();
      await enter(page, "/account");
      expect(await problemsOn(page, [...customersPages, "/", "/courses/letterforms"])).toEqual([]);
      await page.goto(`${shop.url}/account`);
      await page.locator(".menu summary").click();
      expect(await problemsHere(page)).toEqual([]);

      await leave(context);
      await enter(page, "/admin", administrator);
      expect(await problemsOn(page, administratorsPages)).toEqual([]);
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

  async function enter(page: Page, path: string, who?: typeof administrator): Promise<void> {
    await page.goto(`${shop.url}/sign-in?returnTo=${path}`);
    await signIn(page, who?.password, who?.email);
    await page.waitForURL((url) => url.pathname === path);
  }

  async function problemsOn(page: Page, paths: readonly string[]): Promise<string[]> {
    const problems: string[] = [];
    for (const path of paths) {
      await page.goto(shop.url + path);
      problems.push(...(await problemsHere(page)));
    }
    return problems;
  }
});

function leave(context: BrowserContext): Promise<void> {
  return context.clearCookies();
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
