import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { account, administrator, buy, hasChromium, openStage, sessionCookie, shoot, signIn, teacher } from "./shop.ts";

const example = join(import.meta.dirname, "../../examples/course");

/** What stands in the third locked lesson of the course, and nowhere else. */
const secret = "Shaping is stretching a skin over a balloon.";
const locked = "This lesson is part of the course";

await describeWith("Chromium", hasChromium, () => {
  const { shop, openContext } = openStage("lessons");
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
    expect(complaints).toEqual([]);
  });

  const lesson = (slug: string, course = "bread-by-hand") => `${shop.url}/courses/${course}/lessons/${slug}`;
  const complete = () => page.getByRole("button", { name: "Complete and continue" }).click();
  const courseProgress = (tab = page) => tab.locator(".course-outline > .progress");
  const signInAs = async (who: typeof account, path: string) => {
    await page.goto(`${shop.url}/sign-in?returnTo=${encodeURIComponent(path)}`);
    await signIn(page, who.password, who.email);
    await page.waitForURL((url) => url.pathname === path);
  };

  it("keeps what a stranger has learnt at sign-in, and opens what they buy", async () => {
    await page.goto(lesson("flour-water-patience"));
    await page.getByText("Bread is three ingredients and one decision.").waitFor();
    expect(await sessionCookie(context)).toBe("");
    await shoot(page, "lesson-free");

    await complete();
    await page.waitForURL(lesson("raising-a-starter"));
    await courseProgress().getByText("1 of 8 lessons · 13 %").waitFor();
    expect(await sessionCookie(context)).not.toBe("");
    await page.goto(`${shop.url}/`);
    await shoot(page, "continue");
    await page.getByRole("link", { name: "Continue with Raising a starter" }).click();
    await page.waitForURL(lesson("raising-a-starter"));

    await page.goto(lesson("shaping-without-fear"));
    await page.getByRole("heading", { name: locked }).waitFor();
    await shoot(page, "lesson-locked");

    await buy(page, shop, "bread-by-hand");
    await page.goto(lesson("shaping-without-fear"));
    await page.getByText(secret).waitFor();
    await courseProgress().getByText("1 of 8 lessons · 13 %").waitFor();

    await complete();
    await page.waitForURL(lesson("steam-heat-crust"));
    await courseProgress().getByText("2 of 8 lessons · 25 %").waitFor();
    await page.getByText("The loaf1 of 3").waitFor();
    await shoot(page, "lesson-open");
    await page.goto(`${shop.url}/account`);
    await page.locator(".my-course", { hasText: "Bread by Hand" }).getByText("2 of 8 lessons · 25 %").waitFor();
    await shoot(page, "account-learning");
    await page.goto(`${shop.url}/classic-learning`);
    await page.locator(".my-course", { hasText: "Bread by Hand" }).getByText("2 of 8 lessons · 25 %").waitFor();
    await shoot(page, "classic-learning");

    await page.goto(lesson("shaping-without-fear"));
    await page.getByRole("button", { name: "Reopen this lesson" }).click();
    await courseProgress().getByText("1 of 8 lessons · 13 %").waitFor();
    await page.getByRole("button", { name: "Complete and continue" }).waitFor();
  });

  it("sends nothing of a locked lesson: not in the page, not in what a link loads, not in any script", async () => {
    const path = lesson("shaping-without-fear");
    for (const headers of [{}, { RSC: "1" }, { RSC: "1", "Next-Router-Prefetch": "1" }]) {
      const response = await fetch(path, { headers });
      expect(response.status).toBe(200);
      expect(await response.text()).not.toContain(secret);
    }
    expect(await (await fetch(path)).text()).toContain(locked);
    const scripts = filesBelow(join(example, ".next/static"));
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((file) => readFileSync(file, "utf8").includes(secret))).toEqual([]);
    // The same search finds it where it may be.
    await signInAs(account, "/account");
    const bought = await fetch(path, { headers: { cookie: `session=${await sessionCookie(context)}` } });
    expect(await bought.text()).toContain(secret);
  });

  it.each([
    ["a stranger", null],
    ["a customer", account],
    ["a teacher", teacher],
    ["an administrator", administrator],
  ])("shows %s a lock in the browser exactly where the server shuts the lesson", async (_who, visitor) => {
    if (visitor) await signInAs(visitor, "/account");
    for (const course of ["bread-by-hand", "letterforms"]) {
      await page.goto(`${shop.url}/courses/${course}`);
      const headers = { cookie: `session=${await sessionCookie(context)}` };
      const links = await page.locator(".lesson-link").all();
      expect(links).toHaveLength(8);
      for (const link of links) {
        const path = await link.getAttribute("href");
        const html = await (await fetch(shop.url + path, { headers })).text();
        const isLocked = (await link.locator(".lesson-locked").count()) === 1;
        expect({ lesson: path, isLocked: html.includes(locked) }).toEqual({ lesson: path, isLocked });
      }
    }
  });

  it("opens the courses of an organisation as long as somebody works in it", async () => {
    await signInAs(account, "/account");
    const path = lesson("rhythm-and-white", "letterforms");
    const workIn = async (now: string, next: string) => {
      await page.locator(".menu summary", { hasText: now }).click();
      await shoot(page, "organisation-menu");
      await page.getByRole("button", { name: next }).click();
      await page.locator(".menu summary", { hasText: next }).waitFor();
    };
    await page.goto(path);
    await page.getByRole("heading", { name: locked }).waitFor();
    await workIn("Just me", "Atelier Nord");
    await page.getByText("Those of Atelier Nord are among them.").waitFor();
    await page.goto(path);
    await page.getByText("Letters are not black things on white ground.").waitFor();
    await workIn("Atelier Nord", "The Harbour Library");
    await page.goto(path);
    await page.getByRole("heading", { name: locked }).waitFor();
    await workIn("The Harbour Library", "Just me");
  });

  it("shows drafts to their teacher and to administrators, and to nobody else", async () => {
    const drafts = ["sourdough-through-the-year", "pocket-watches-of-the-railways"];
    const seen = async () => {
      const cookie = `session=${await sessionCookie(context)}`;
      const statuses = drafts.map(
        async (slug) => (await fetch(`${shop.url}/courses/${slug}`, { headers: { cookie } })).status,
      );
      return Promise.all(statuses);
    };
    expect(await seen()).toEqual([404, 404]);
    await signInAs(account, "/account");
    expect(await seen()).toEqual([404, 404]);
    await context.clearCookies();
    await signInAs(teacher, "/teaching");
    await page.locator(".my-course", { hasText: "Sourdough Through the Year" }).getByText("Draft").waitFor();
    await shoot(page, "teaching");
    expect(await seen()).toEqual([200, 404]);
    await page.goto(`${shop.url}/courses/sourdough-through-the-year`);
    await shoot(page, "draft");
    await context.clearCookies();
    await signInAs(administrator, "/admin");
    expect(await seen()).toEqual([200, 200]);
    // Acting as a customer, an administrator sees what the customer sees.
    const dana = page.locator(".people > li", { hasText: account.email });
    await dana.locator("summary").click();
    await dana.getByLabel("Reason").fill("a lesson does not open");
    await dana.getByRole("button", { name: "Act as Dana Moreau" }).click();
    await page.getByText("You are acting as Dana Moreau").waitFor();
    expect(await seen()).toEqual([404, 404]);
  });

  it("does all of it without JavaScript", async () => {
    const plain = await openContext({ javaScriptEnabled: false });
    const tab = await plain.newPage();
    await tab.goto(lesson("upside-down", "drawing-what-you-see"));
    await tab.getByRole("button", { name: "Complete and continue" }).click();
    await tab.waitForURL(lesson("the-space-between", "drawing-what-you-see"));
    await courseProgress(tab).getByText("1 of 8 lessons · 13 %").waitFor();
    await tab.goto(`${shop.url}/`);
    await tab.getByRole("link", { name: "Continue with The space between" }).click();
    await tab.goto(lesson("upside-down", "drawing-what-you-see"));
    await tab.getByRole("button", { name: "Reopen this lesson" }).click();
    await tab.getByRole("button", { name: "Complete and continue" }).waitFor();
    expect(await courseProgress(tab).count()).toBe(0);
    await tab.goto(`${shop.url}/sign-in`);
    await signIn(tab);
    await tab.locator(".menu summary").click();
    await tab.getByRole("button", { name: "Atelier Nord" }).click();
    await tab.getByText("You work in Atelier Nord now.").waitFor();
    await plain.close();
  });
});

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
